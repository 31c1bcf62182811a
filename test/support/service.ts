import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkAnswer } from './contract.ts'
import { plainConfig } from './plain-config.ts'
import { startWorkerd } from './workerd.ts'

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

/**
 * Starts the bundled Worker in workerd, as a process of its own. Its limits have always room,
 * and nothing triggers its cron: for those there is `startWithWrangler`, which takes twelve times
 * the CPU. `clock` is how many times as fast its time runs, for a test that would wait for it; that
 * of PostgreSQL and of the endpoint stays as it is.
 */
export async function startService(
  workerDir: string,
  secrets: Record<string, string>,
  { clock = 1 } = {},
): Promise<Service> {
  const configFile = join(workerDir, `${randomUUID()}.capnp`)
  const variables = { AUTH: 'open', DEV_SECRET: '', ...secrets }
  const config = await plainConfig(join(workerDir, 'dist/pages'), variables, clock)
  await writeFile(configFile, config)
  const { port, logFile, close } = await startWorkerd(configFile)
  const url = new URL(`http://127.0.0.1:${port}`)

  return {
    url,
    request: requesting(url),
    logs: () => readFileSync(logFile, 'utf8').split('\n').slice(0, -1),
    close: async () => {
      await close()
      await rm(configFile)
    },
  }
}
