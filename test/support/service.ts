import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { checkAnswer } from './contract.ts'

export type Answer = {
  status: number
  headers: Headers
  /** The parsed JSON, or undefined when the body is empty or none. */
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
  /** What a cron trigger does. */
  runScheduled(): Promise<void>
  /** Every line that the Worker has logged so far. */
  logs(): string[]
  close(): Promise<void>
}

const isJson = /^application\/(?:problem\+)?json/

const parse = (text: string): unknown => (text === '' ? undefined : JSON.parse(text))

/** Sends requests to a service, and holds every answer against the contract. */
export const requesting =
  (url: URL): Service['request'] =>
  async (method, path, body, headers) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    checkAnswer(method, path, { status: response.status, headers: response.headers, text })
    return {
      status: response.status,
      headers: response.headers,
      body: isJson.test(response.headers.get('Content-Type') ?? '') ? parse(text) : undefined,
      text,
    }
  }

/** Starts the bundled Worker in workerd, as a process of its own. */
export async function startService(
  workerDir: string,
  secrets: Record<string, string>,
): Promise<Service> {
  const harness = createTestHarness({
    // The copy beside the bundle: no `.dev.vars` of whoever runs the tests is near it.
    workers: [
      {
        configPath: join(workerDir, 'wrangler.toml'),
        prebuiltWorkerDir: workerDir,
        secrets: { AUTH: 'open', ...secrets },
      },
    ],
  })
  const { url } = await harness.listen()

  return {
    url,
    request: requesting(url),
    runScheduled: async () => {
      await harness.getWorker().scheduled({ scheduledTime: new Date(), cron: '17 * * * *' })
    },
    logs: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  }
}
