import type { RouterRoute } from 'hono/types'
import { type Guarded, guardedBy } from '../http/auth.ts'
import { type Schemas, validatedBy } from '../http/validate.ts'

/** What a route demands of a request before it does anything. */
export type Demands = Schemas & { scope: Guarded }

/** Of each route, by its operation in the contract: `get /users/{id}`. */
export function demandsOf(routes: readonly RouterRoute[]): ReadonlyMap<string, Demands> {
  const demands = new Map<string, Demands>()

  for (const { method, path, handler } of routes) {
    if (method !== 'ALL') {
      const name = `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`
      const { scope = 'public', ...schemas } = demands.get(name) ?? {}
      demands.set(name, {
        scope: guardedBy(handler) ?? scope,
        ...schemas,
        ...validatedBy(handler),
      })
    }
  }
  return demands
}
