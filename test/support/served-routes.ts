import { routes } from '../../src/app-routes.ts'

/** Every route of the service, once, as `GET /users/:id`. */
export function servedRoutes(): string[] {
  const served = routes.filter(({ method }) => method !== 'ALL')
  return [...new Set(served.map(({ method, path }) => `${method} ${path}`))].sort()
}
