import { describe, expect, test } from 'vitest'
import { createPages, type PageOf, type PagesState } from '../../site/console/pages.ts'

type Asked = {
  query: string
  cursor: string | undefined
  signal: AbortSignal
  answer(page: PageOf<string>): void
  fail(error: unknown): void
}

/** A list whose service answers when the test says so. */
function listOf() {
  const asked: Asked[] = []
  const shown: PagesState<string, string>[] = []
  const pages = createPages<string, string>(
    '',
    (query, cursor, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<PageOf<string>>()
      asked.push({ query, cursor, signal, answer: resolve, fail: reject })
      return promise
    },
    (state) => shown.push(state),
  )
  return { pages, asked, last: () => shown.at(-1) }
}

const page = (rows: string[], next?: string): PageOf<string> => ({ rows, next })

describe('the pages of a list', () => {
  test('show no older answer over a newer one, whichever comes last', async () => {
    const { pages, asked, last } = listOf()

    const older = pages.find('a')
    const newer = pages.find('ad')
    asked[1]?.answer(page(['Ada']))
    await newer
    asked[0]?.answer(page(['Abe', 'Ada']))
    await older

    expect(last()).toMatchObject({ query: 'ad', rows: ['Ada'], isLoading: false })
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })

  test('show no failure of an older request over a newer answer', async () => {
    const { pages, asked, last } = listOf()

    const older = pages.find('a')
    const newer = pages.find('ad')
    asked[1]?.answer(page(['Ada']))
    await newer
    asked[0]?.fail(new Error('too late'))
    await older

    expect(last()).toMatchObject({ rows: ['Ada'], error: undefined })
  })

  test('lead on by the cursors, and back by those that were kept', async () => {
    const { pages, asked, last } = listOf()
    const step = async (done: Promise<void>, answer: PageOf<string>) => {
      asked.at(-1)?.answer(answer)
      await done
      return { cursor: asked.at(-1)?.cursor, page: last()?.page, hasNext: last()?.hasNext }
    }

    expect([
      await step(pages.find(''), page(['one'], 'second')),
      await step(pages.next(), page(['two'], 'third')),
      await step(pages.next(), page(['three'])),
      await step(pages.previous(), page(['two'], 'third')),
      await step(pages.previous(), page(['one'], 'second')),
    ]).toEqual([
      { cursor: undefined, page: 1, hasNext: true },
      { cursor: 'second', page: 2, hasNext: true },
      { cursor: 'third', page: 3, hasNext: false },
      { cursor: 'second', page: 2, hasNext: true },
      { cursor: undefined, page: 1, hasNext: true },
    ])
    await pages.previous()
    expect(asked).toHaveLength(5)
  })

  test('keep what they show when the next page fails, and can be asked for again', async () => {
    const { pages, asked, last } = listOf()
    const first = pages.find('')
    asked[0]?.answer(page(['one'], 'second'))
    await first

    const failing = pages.next()
    asked[1]?.fail(new Error('gone'))
    await failing
    expect(last()).toMatchObject({ rows: ['one'], page: 1, isLoading: false })
    expect(last()?.error).toBeInstanceOf(Error)

    const again = pages.next()
    asked[2]?.answer(page(['two']))
    await again
    expect(last()).toMatchObject({ rows: ['two'], page: 2, error: undefined })
  })

  test('show a row as it was just written, and none that was removed', async () => {
    const { pages, asked, last } = listOf()
    const first = pages.find('')
    asked[0]?.answer(page(['one', 'two', 'three']))
    await first

    pages.put((row) => row === 'one', 'ONE')
    pages.put((row) => row === 'two', undefined)

    expect(last()?.rows).toEqual(['ONE', 'three'])
  })
})
