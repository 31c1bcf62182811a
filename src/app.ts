import { Hono } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import type { Database } from './db/client.ts'
import { healthRoutes } from './health/routes.ts'
import { createCursors } from './http/cursors.ts'
import { logRequest } from './http/log.ts'
import { answerError, answerMethodNotAllowed, answerNotFound } from './http/problems.ts'
import { type HttpEnv, identifyRequest } from './http/request.ts'
import { userRoutes } from './users/routes.ts'

export type AppOptions = {
  db: Database
  cursorSecret: string
  version: string
}

/** The whole service: what every request passes, then who answers it. */
export function createApp({ db, cursorSecret, version }: AppOptions) {
  // Not strict: `/users/` is `/users`, as clients of the Python recipe write it.
  const app = new Hono<HttpEnv>({ strict: false })

  return app
    .use(logRequest)
    .use(identifyRequest)
    .use(methodNotAllowed({ app, onMethodNotAllowed: answerMethodNotAllowed }))
    .onError(answerError)
    .notFound(answerNotFound)
    .route('/users', userRoutes(db, createCursors(cursorSecret)))
    .route('/', healthRoutes(db, version))
}
