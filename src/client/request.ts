import type { Paged, WriteOptions } from './types.ts'

// What Hono's client takes, of what the calls are given.

export const at = (id: number) => ({ id: String(id) })

export const ifMatch = ({ ifMatch: version }: WriteOptions) =>
  version === undefined ? {} : { 'if-match': `"${version}"` }

export const queryOf = <Query extends object>({ limit, signal, ...query }: Paged<Query>) => ({
  ...query,
  ...(limit !== undefined && { limit: String(limit) }),
})
