import { once } from 'node:events'
import * as z from 'zod'
import { CommandError } from '../command/command.ts'

/** As much of V8's as is read. Times are in microseconds. */
const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
export type CpuProfile = z.infer<typeof CpuProfile>

const Targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })])
const Stopped = z.object({ profile: CpuProfile })

export type Inspector = { start(): Promise<void>; stop(): Promise<CpuProfile> }

/** Speaks to the profiler of a workerd. Throws CommandError. */
export async function openInspector(
  stack: AsyncDisposableStack,
  port: number,
  { samplingIntervalUs = 1_000 } = {},
): Promise<Inspector> {
  const answer = await fetch(`http://127.0.0.1:${port}/json`)
  const [target] = Targets.parse(await answer.json())
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  const replies = new Map<number, (reply: { result: unknown }) => void>()
  let id = 0

  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(data)
    replies.get(reply.id)?.(reply)
    replies.delete(reply.id)
  })
  stack.defer(() => socket.close())
  await Promise.race([
    once(socket, 'open'),
    once(socket, 'error').then(() => {
      throw new CommandError('The inspector of workerd does not answer.')
    }),
  ])

  const call = async (method: string, params = {}) => {
    const { promise, resolve } = Promise.withResolvers<{ result: unknown }>()
    id += 1
    replies.set(id, resolve)
    socket.send(JSON.stringify({ id, method, params }))
    return (await promise).result
  }
  await call('Profiler.enable')
  await call('Profiler.setSamplingInterval', { interval: samplingIntervalUs })
  return {
    start: async () => void (await call('Profiler.start')),
    stop: async () => Stopped.parse(await call('Profiler.stop')).profile,
  }
}
