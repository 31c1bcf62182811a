import { describe, expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { pageSize } from '../../src/rows/all.ts'

describe.for(['', 'production', 'staging'])('the Worker of the environment %j', (env) => {
  test('may ask the database as often as an export of 20 million users does', () => {
    const { limits } = readConfig({ config: 'wrangler.toml', env }, { hideWarnings: true })

    expect(Number(limits?.subrequests) * pageSize).toBe(20_000_000)
  })
})
