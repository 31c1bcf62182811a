import { describe, expect, test, vi } from 'vitest'
import { takePlace } from '../../src/http/few-at-once.ts'
import { answerError } from '../../src/http/problems.ts'
import { createHono } from '../../src/http/router.ts'
import { streamPages } from '../../src/http/stream.ts'
import { createPool } from '../../src/pool.ts'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** An endless answer, of which one at a time is allowed, and whose pages must be taken in a second. */
function startStream() {
  const places = createPool(1, 60_000)
  let isClosed = false
  async function* pages(): AsyncGenerator<string, undefined> {
    try {
      for (;;) {
        yield 'page'
      }
    } finally {
      isClosed = true
    }
  }
  const app = createHono()
    .onError(answerError)
    .get('/', takePlace(places), (c) =>
      streamPages(c, 'text/plain', pages(), (page) => page, 1_000),
    )
  const open = () => app.request('/')
  return { open, isFree: () => !places.isSpent(), isClosed: () => isClosed }
}

describe('streamPages', () => {
  test('breaks off when nobody takes a page, and gives its place to others', async () => {
    const log = vi.spyOn(console, 'log')
    const { open, isFree, isClosed } = startStream()
    const reader = (await open()).body?.getReader()
    await reader?.read()
    expect(isFree()).toBe(false)
    expect((await open()).status).toBe(503)

    await sleep(2_000)

    expect([isFree(), isClosed()]).toEqual([true, true])
    const rest = async () => {
      while (!(await reader?.read())?.done) {
        // What was on its way.
      }
    }
    await expect(rest()).rejects.toThrow('The answer broke off.')
    expect(log).toHaveBeenCalledWith(expect.stringContaining('"reason":"reader late"'))
    log.mockRestore()
  })

  test('goes on for as long as its client reads', async () => {
    const { open, isFree } = startStream()
    const reader = (await open()).body?.getReader()

    for (let page = 0; page < 10; page += 1) {
      await sleep(150)
      expect((await reader?.read())?.done).toBe(false)
    }

    expect(isFree()).toBe(false)
    await reader?.cancel()
    expect(isFree()).toBe(true)
  })
})
