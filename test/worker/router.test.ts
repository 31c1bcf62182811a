import { describe, expect, test } from 'vitest'
import { createHono } from '../../src/http/router.ts'

const app = createHono()
  .use(async (c, next) => {
    await next()
    c.header('Passed', 'first', { append: true })
  })
  .use('/users/*', async (c, next) => {
    await next()
    c.header('Passed', 'second', { append: true })
  })
  .get('/users', (c) => c.text('all'))
  .get('/users/export', (c) => c.text('export'))
  .all('/users/export', (c) => c.text('only GET', 405))
  .get('/users/:id', (c) => c.text(`one: ${c.req.param('id')}`))
  .delete('/users/:id', (c) => c.text(`gone: ${c.req.param('id')}`))

const ask = async (method: string, path: string) => {
  const answer = await app.request(path, { method })
  return [answer.status, await answer.text(), answer.headers.get('Passed')]
}

describe('createHono', () => {
  test.for<[method: string, path: string, status: number, text: string]>([
    ['GET', '/users', 200, 'all'],
    ['GET', '/users/', 200, 'all'],
    ['GET', '/users/export', 200, 'export'],
    ['GET', '/users/export/', 200, 'export'],
    ['GET', '/users/exports', 200, 'one: exports'],
    ['GET', '/users/1', 200, 'one: 1'],
    ['GET', '/users/%65xport', 200, 'export'],
    ['DELETE', '/users/1/', 200, 'gone: 1'],
    ['DELETE', '/users/export', 405, 'only GET'],
    ['PROPFIND', '/users/export', 405, 'only GET'],
    ['PUT', '/users/1', 404, '404 Not Found'],
    ['GET', '/users/1/friends', 404, '404 Not Found'],
    ['GET', '/users/__proto__', 200, 'one: __proto__'],
  ])('answers %s %s with %i %s, behind the middleware', async ([method, path, status, text]) => {
    expect(await ask(method, path)).toEqual([status, text, 'second, first'])
  })

  test('runs only what is for every path before what there is not', async () => {
    expect(await ask('GET', '/constructor')).toEqual([404, '404 Not Found', 'first'])
  })
})
