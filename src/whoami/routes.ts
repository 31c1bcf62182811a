import { allow, callerOf, scopesOf } from '../http/auth.ts'
import { createRoutes } from '../http/router.ts'

/** What a caller must know of itself, such as the console, which offers nothing that would be refused. */
export const whoamiRoutes = () =>
  createRoutes().get('/whoami', allow('known'), (c) =>
    c.json({ caller: callerOf(c), scopes: scopesOf(c) }),
  )
