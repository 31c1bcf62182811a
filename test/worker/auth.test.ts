import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { allow, demandGuards } from '../../src/http/auth.ts'
import type { HttpEnv } from '../../src/http/request.ts'

const app = () =>
  new Hono<HttpEnv>().use(async (_c, next) => next()).use('/users/*', async (_c, next) => next())

const guarded = new Hono<HttpEnv>()
  .get('/', allow('users:read'), (c) => c.text('all'))
  .delete('/:id', allow('users:write'), (c) => c.text('gone'))
  .all('/export', allow('users:audit'), (c) => c.text('no'))

describe('demandGuards', () => {
  test('takes routes that begin with allow()', () => {
    const { routes } = app()
      .route('/users', guarded)
      .get('/livez', allow('public'), (c) => c.text('ok'))

    expect(() => demandGuards(routes)).not.toThrow()
  })

  test.for<[string, (service: Hono<HttpEnv>) => Hono<HttpEnv>]>([
    ['GET /users/secret', (service) => service.get('/users/secret', (c) => c.text('open'))],
    ['POST /users', (service) => service.post('/users', (c) => c.text('open'))],
    ['ALL /users/export', (service) => service.all('/users/export', (c) => c.text('open'))],
    ['ALL /users/*', (service) => service.all('/users/*', (c) => c.text('open'))],
    ['ALL /*', (service) => service.all('/*', (c) => c.text('open'))],
    ['GET /users/*', (service) => service.get('/users/*', async (_c, next) => next())],
    ['GET /late', (service) => service.get('/late', (c) => c.text('open'), allow('users:read'))],
    [
      'GET /users/nested',
      (service) =>
        service.route(
          '/users',
          new Hono<HttpEnv>().get('/nested', (c) => c.text('')),
        ),
    ],
  ])('refuses %s without one', ([name, add]) => {
    expect(() => demandGuards(add(app()).routes)).toThrow(
      new TypeError(`${name} does not say who may call it: begin it with allow().`),
    )
  })
})
