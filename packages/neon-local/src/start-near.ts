import { PortTaken } from './errors.ts'

/** Starts on this port, so that addresses stay the same between runs, or else on a free one. */
export async function startNear<Server>(
  port: number,
  start: (port?: number) => Promise<Server>,
): Promise<Server> {
  try {
    return await start(port)
  } catch (error) {
    if (error instanceof PortTaken) {
      return start()
    }
    throw error
  }
}
