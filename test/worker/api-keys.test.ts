import { afterEach, describe, expect, test, vi } from 'vitest'
import { createKeyCheck, sha256 } from '../../src/http/api-keys.ts'

const good = `edgeusers_${'a'.repeat(43)}01234567`
const other = `edgeusers_${'b'.repeat(43)}01234567`

const keyOf = async (token: string, name: string, expires?: string) => ({
  name,
  digest: (await sha256(token)).toHex(),
  scopes: ['users:read' as const],
  ...(expires !== undefined && { expires }),
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('createKeyCheck', () => {
  test('knows whose key it is, at first and again', async () => {
    const check = createKeyCheck([await keyOf(good, 'good'), await keyOf(other, 'other')])

    for (const _time of [1, 2]) {
      expect(await check(good)).toEqual({ name: 'key:good', scopes: ['users:read'] })
      expect(await check(other)).toEqual({ name: 'key:other', scopes: ['users:read'] })
    }
  })

  test('refuses a key from the day on which it expires, though it was good before', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T23:59:59.999Z') })
    const check = createKeyCheck([await keyOf(good, 'good', '2026-11-23')])

    const before = await check(good)
    vi.setSystemTime(new Date('2026-11-23T00:00:00.000Z'))
    const after = await check(good)

    expect([before?.name, after]).toEqual(['key:good', undefined])
  })

  test.for([
    ['begins as a key that it has seen', `${good.slice(0, -1)}8`],
    ['goes on after it', `${good}8`],
    ['is a part of it', good.slice(0, -1)],
    ['is nothing', ''],
  ])('refuses a token that %s', async ([, token = '']) => {
    const check = createKeyCheck([await keyOf(good, 'good'), await keyOf(other, 'other')])
    await check(good)

    expect(await check(token)).toBeUndefined()
  })

  test('digests a good token once, and a guess each time', async () => {
    const check = createKeyCheck([await keyOf(good, 'good')])
    const digest = vi.spyOn(crypto.subtle, 'digest')

    for (const token of [good, good, other, other]) {
      await check(token)
    }

    expect(digest).toHaveBeenCalledTimes(3)
  })
})
