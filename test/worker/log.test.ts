import { describe, expect, test, vi } from 'vitest'
import { logRequest } from '../../src/http/log.ts'
import { createHono } from '../../src/http/router.ts'

const service = createHono()
  .use(logRequest({ version: '0', versionId: '0' }))
  .post('/teams', (c) => c.body(null, 201, { Location: '/teams/7' }))
  .post('/teams/:id/members', (c) => c.body(null, 201, { Location: '/teams/7/members/26' }))
  .delete('/teams/:id/members/:userId', (c) => c.body(null, 204))
  .get('/words/:word', (c) => c.body(null, 204))

async function logged(method: string, path: string): Promise<object> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await service.request(path, { method })
  const [line] = log.mock.lastCall ?? []
  log.mockRestore()
  return JSON.parse(line)
}

const uuid = '0F0D3C4B-5A69-4788-9a7b-3c2d1e0f9a8b'

describe('a line of the log', () => {
  test.for<[method: string, path: string, ids: object]>([
    ['POST', '/teams', { id: 7 }],
    ['POST', '/teams/7/members', { id: 7 }],
    ['DELETE', '/teams/7/members/26', { id: 7, userId: 26 }],
    ['DELETE', `/teams/${uuid}/members/26`, { id: uuid.toLowerCase(), userId: 26 }],
  ])('has the ids of %s %s', async ([method, path, ids]) => {
    expect(await logged(method, path)).toMatchObject(ids)
  })

  test.for(['/words/26', '/words/ada@example.com'])(
    'has nothing of a path that may be anything: %s',
    async (path) => {
      expect(Object.keys(await logged('GET', path))).not.toContain('word')
    },
  )

  test('has no id that is none', async () => {
    const line = await logged('DELETE', '/teams/ada@example.com/members/0')

    expect(Object.keys(line)).not.toContain('id')
    expect(Object.keys(line)).not.toContain('userId')
  })
})
