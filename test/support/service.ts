import { join } from 'node:path'
import { createTestHarness } from 'wrangler'

export type Answer = {
  status: number
  headers: Headers
  /** The parsed JSON, or undefined when the body is empty. */
  body: unknown
  /** The body to the byte. */
  text: string
}

export type Service = {
  url: URL
  /** Sends `body` as JSON, or as it is when it is a string. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Every line that the Worker has logged so far. */
  logs(): string[]
  close(): Promise<void>
}

/** Starts the bundled Worker in workerd, as a process of its own. */
export async function startService(
  workerDir: string,
  secrets: Record<string, string>,
): Promise<Service> {
  const harness = createTestHarness({
    // The copy beside the bundle: no `.dev.vars` of whoever runs the tests is near it.
    workers: [
      { configPath: join(workerDir, 'wrangler.toml'), prebuiltWorkerDir: workerDir, secrets },
    ],
  })
  const { url } = await harness.listen()

  return {
    url,
    request: async (method, path, body, headers) => {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
        redirect: 'manual',
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
        text,
      }
    },
    logs: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  }
}
