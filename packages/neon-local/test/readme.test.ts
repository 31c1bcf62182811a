import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { optionKinds } from '../src/cli/options.ts'
import { faultNames } from '../src/faults.ts'

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8')
const readme = read('README.md')

describe('README.md', () => {
  test('shows code of the example as it runs', () => {
    const [first] = read('example/test/orders.test.ts').split("\n\ntest('places an order when")

    expect(readme).toContain(read('example/test/global-setup.ts'))
    expect(readme).toContain(first)
  })

  test('knows every option, and every fault', () => {
    for (const name of [...Object.keys(optionKinds), ...faultNames]) {
      expect(readme).toMatch(RegExp(`\`(?:--)?${name}(?: [A-Z]+)?\``))
    }
  })
})
