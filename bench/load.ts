import { Agent, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { CommandError } from '../scripts/command/command.ts'
import type { BenchRequest, Operation } from './operations.ts'

export type Load = {
  /** Whom to blame. */
  name: string
  url: URL
  key: string
  agent: Agent
  operation: Operation
  /** Gives every request its number. */
  nextNumber: () => number
  concurrency: number
  seconds: number
}

export type Served = {
  latenciesMs: number[]
  seconds: number
  /** Of all bodies. */
  answerBytes: number
}

/** Asks from `concurrency` connections at once, each again as soon as it is answered. */
export async function putUnderLoad(load: Load): Promise<Served> {
  const latenciesMs: number[] = []
  let answerBytes = 0
  const start = performance.now()
  const end = start + load.seconds * 1_000

  const askOn = async () => {
    do {
      const begin = performance.now()
      const bytes = await ask(load)
      answerBytes += bytes
      latenciesMs.push(performance.now() - begin)
    } while (performance.now() < end)
  }
  await Promise.all(Array.from({ length: load.concurrency }, askOn))
  return { latenciesMs, seconds: (performance.now() - start) / 1_000, answerBytes }
}

/** One request. Gives the length of its answer; throws CommandError for a wrong one. */
async function ask({ name, url, key, agent, operation, nextNumber }: Load): Promise<number> {
  const request = operation.request(nextNumber())
  const { status, body } = await exchange(request, url, key, agent)
  // Every made-up user has an address there, once.
  const users = body.split('@example.com').length - 1

  if (status !== operation.status || users !== operation.users) {
    throw new CommandError(
      `${name} answered ${request.method} ${request.path} with status ${status} and ${users} users, ` +
        `where status ${operation.status} and ${operation.users} users were due.`,
    )
  }
  return Buffer.byteLength(body)
}

/** One request, whatever it is answered with. */
export function exchange(
  { method, path, hasKey, headers, body }: BenchRequest,
  url: URL,
  key: string,
  agent: Agent,
) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; body: string }>()
  send(
    new URL(path, url),
    {
      method,
      agent,
      headers: {
        ...(hasKey && { Authorization: `Bearer ${key}` }),
        ...(body !== undefined && {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        }),
        ...headers,
      },
    },
    (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
        reject,
      )
    },
  )
    .on('error', reject)
    .end(body)
  return promise
}

export const newAgent = (concurrency: number) =>
  new Agent({ keepAlive: true, maxSockets: concurrency })
