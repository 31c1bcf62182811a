import type { BenchDatabase } from './database.ts'

export type BenchRequest = {
  method: string
  path: string
  /** Without the key it is refused. */
  hasKey: boolean
  headers?: Record<string, string>
  body?: string
}

export type Operation = {
  /** The request of this number. No two numbers create the same user. */
  request(number: number): BenchRequest
  status: number
  /** How many users an answer holds. */
  users: number
  /** How many may be sent at once, if that is limited: the service lets a caller search so often. */
  maxConcurrency?: number
  /** Whether the table is to be put back as it was. */
  writes?: boolean
}

export const operationNames = ['list', 'get', 'create', 'patch', 'search', '401'] as const
export type OperationName = (typeof operationNames)[number]

export const isOperation = (text: string): text is OperationName =>
  operationNames.some((name) => name === text)

/** What is measured, as every contestant is asked for it. */
export const operationsOn = ({
  ids,
  word,
  matches,
}: BenchDatabase): Record<OperationName, Operation> => {
  // Far apart, so that requests that run at once are about different users.
  const idOf = (number: number) => ids[(number * 7_919) % ids.length]
  const read = (path: string) => ({ method: 'GET', path, hasKey: true })
  const limit = 50

  return {
    list: { request: () => read(`/users?limit=${limit}`), status: 200, users: limit },
    get: { request: (number) => read(`/users/${idOf(number)}`), status: 200, users: 1 },
    create: {
      request: (number) => ({
        method: 'POST',
        path: '/users',
        hasKey: true,
        body: JSON.stringify({ name: 'Ada Lovelace', email: `ada.${number}@example.com` }),
      }),
      status: 201,
      users: 1,
      writes: true,
    },
    patch: {
      request: (number) => ({
        method: 'PATCH',
        path: `/users/${idOf(number)}`,
        hasKey: true,
        body: JSON.stringify({ name: `Ada Lovelace ${number}` }),
      }),
      status: 200,
      users: 1,
      writes: true,
    },
    search: {
      request: () => read(`/users?q=${encodeURIComponent(word)}&limit=${limit}`),
      status: 200,
      users: Math.min(matches, limit),
      maxConcurrency: 4,
    },
    '401': { request: () => ({ ...read('/users'), hasKey: false }), status: 401, users: 0 },
  }
}
