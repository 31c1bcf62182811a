import { createMiddleware } from 'hono/factory'
import { type Body, type BodyRules, readBody } from './read-body.ts'

/** Reads the body before anything is validated, for a route that parses it itself. */
export const takeBody = (rules: BodyRules) =>
  createMiddleware<{ Variables: { body: Body } }>(async (c, next) => {
    c.set('body', await readBody(c, rules))
    await next()
  })
