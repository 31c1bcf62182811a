import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unstable_getVarsForDev as readAsWrangler } from 'wrangler'
import { parseVariables, readVariables } from '../../scripts/command/variables-file.ts'
import { linkProject } from '../support/project.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'variables-'))
})
afterAll(() => rm(folder, { recursive: true }))

const line = 'DATABASE_URL="postgresql://u:canary@host/db"'

describe('a file of variables', () => {
  test.for([
    ['in UTF-16 with a mark', Buffer.from(`\uFEFF${line}\r\n`, 'utf16le'), /is not plain UTF-8/],
    ['in UTF-16 without one', Buffer.from(line, 'utf16le'), /is not plain UTF-8/],
    ['in UTF-16BE', Buffer.from(`\uFEFF${line}\n`, 'utf16le').swap16(), /is not plain UTF-8/],
    ['with a byte order mark', `\uFEFF${line}\n`, /is not plain UTF-8/],
    ['in Latin-1', Buffer.from(`# \u00FC\n${line}`, 'latin1'), /is not plain UTF-8/],
    ['with a NUL', `${line}\0\n`, /is not plain UTF-8/],
    ['with a colon', `# mine\n\nDATABASE_URL: "canary"\n`, /^Line 3 of .* has a colon behind its/],
    ['as PowerShell sets', '$env:DATABASE_URL = "canary"', /^Line 1 of .* is no assignment/],
    ['as cmd sets', 'set DATABASE_URL=canary', /is no assignment/],
    ['as JSON', '{\n"DATABASE_URL": "canary"\n}', /^Line 1 of .* is no assignment/],
    ['with an open quote', 'A="canary\nB=1\n', /^Line 1 of .* quotes that are not closed/],
    ['with text behind quotes', 'A="canary" b', /quotes that are not closed/],
    ['with escaped quotes', String.raw`A="[{\"name\":\"canary\"}]"`, /NAME='value' around double/],
    ['with a bare hash', 'A=can#ary', /a # in its value/],
    ['with typographic quotes', 'A=\u201Ccanary\u201D', /typographic quotes/],
    ['with a no-break space', 'A=\u00A0canary', /nobody sees, U\+00A0/],
    ['with a zero-width space', `B=1\n${line}\u200B`, /^Line 2 of .* nobody sees, U\+200B/],
  ] as const)('%s is refused', async ([, content, message]) => {
    const file = join(folder, '.dev.vars')
    await writeFile(file, content)

    const read = () => readVariables(file)

    expect(read).toThrow(message)
    expect(read).not.toThrow('canary')
  })

  test('is read with the ends of lines of any system', () => {
    expect(
      parseVariables('it', '# a\rA=1\rexport B = "x\\ny"\r\nC=\'{"a": "#"}\' # json\n'),
    ).toEqual({
      A: '1',
      B: 'x\ny',
      C: '{"a": "#"}',
    })
  })

  test('that is not there is none', () => {
    expect(readVariables(join(folder, 'absent'))).toBeUndefined()
  })

  // Expansion of variables is wrangler's own: doctor warns of it.
  test('is read as wrangler reads it, or refused', async () => {
    const file = join(folder, 'random.vars')
    const parts = [
      'A',
      'b=',
      'C = ',
      'export ',
      '"',
      "'",
      '`',
      '\\',
      'n',
      '\n',
      '\r',
      ' ',
      '#',
      ':',
    ]
    const text = fc.array(fc.constantFrom(...parts, '\t', '"\n', '\\"', '=', 'x'), {
      maxLength: 14,
    })
    let compared = 0
    await fc.assert(
      fc.asyncProperty(text, async (pieces) => {
        const all = pieces.join('')
        const ours = parsed(all)
        fc.pre(ours !== undefined)
        await writeFile(file, all)
        const theirs = readAsWrangler(undefined, [file], {}, undefined, true)
        compared += 1
        expect(ours).toEqual(
          Object.fromEntries(Object.entries(theirs).map(([name, { value }]) => [name, value])),
        )
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  const parsed = (text: string) => {
    try {
      return parseVariables('it', text)
    } catch {
      return undefined
    }
  }
})

describe('settings that cannot be read stop', { concurrent: true }, () => {
  type Command = readonly [name: string, program: string, args: readonly string[]]
  const refuses = async ([, program, args]: Command) => {
    const project = await linkProject()
    await project.link('drizzle.config.ts')
    await project.write('.dev.vars', `\uFEFF${line}\n`)

    const { ended, output } = project.run(program, args)

    expect(await ended).toBe(2)
    expect(output()).toContain(
      '.dev.vars is not plain UTF-8. Save it as UTF-8 without a byte order mark.\n',
    )
    await project.remove()
  }

  test.for<Command>([['npm run db:status', 'node', ['scripts/db/status.ts']]])('%s', refuses)

  test.for<Command>([
    ['npm run dev', 'node', ['scripts/dev/dev.ts', '--port', '1']],
    ['drizzle-kit', 'drizzle-kit', ['migrate']],
  ])('%s', { tags: ['slow'] }, refuses)
})
