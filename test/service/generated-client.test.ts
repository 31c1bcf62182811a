import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { generate } from 'orval'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { ada, grace } from '../support/people.ts'
import { test } from '../support/shared-test.ts'

const run = promisify(execFile)

/** What somebody writes with a generated client. */
const consumer = `
import { createUser, listUsers, type Problem, ProblemType } from './api.ts'

const codeOf = ({ type, errors = [] }: Problem) =>
  [type, ...errors.map((fault) => ('pointer' in fault ? fault.pointer : fault.detail))].join(' ')

export async function create(name: string, email: string) {
  const { status, data } = await createUser({ name, email })
  switch (status) {
    case 201:
      return data.id satisfies number
    case 409:
      return data.type === ProblemType.EMAIL_TAKEN ? 'taken' : codeOf(data)
    default:
      return codeOf(data)
  }
}

export async function page() {
  const { status, data, headers } = await listUsers({ limit: 1, sort: '-name', count: 'exact' })
  return status === 200
    ? { names: data.map(({ name }) => name), total: headers.get('X-Total-Count') }
    : codeOf(data)
}

// @ts-expect-error: there is no such order.
export const unordered = () => listUsers({ sort: 'createdAt' })

// @ts-expect-error: an email is missing.
export const nobody = () => createUser({ name: 'Ada' })

import { exportUsers, importUsers } from './api.ts'

export async function importLines(text: string, type: string) {
  const headers = { 'Content-Type': type }
  const { status, data } = await importUsers(new Blob([text]), { onConflict: 'update' }, { headers })
  return status === 200 ? [data.created, data.updated, data.refused.length] : codeOf(data)
}

export async function exportLines(type: string) {
  const answer = await exportUsers({ q: 'ada' }, { headers: { Accept: type } })
  // Orval says so of NDJSON alone, and does so with whatever comes.
  return 'stream' in answer ? (await answer.stream.blob()).text() : codeOf(answer.data as Problem)
}
`

const tsconfig = {
  compilerOptions: {
    target: 'ES2025',
    lib: ['ESNext', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    types: [],
    noEmit: true,
    allowImportingTsExtensions: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  },
  include: ['*.ts'],
}

describe('a client that a public generator makes of openapi.json', () => {
  test('compiles, and creates, meets a conflict, pages, and takes many in and out', async ({
    service,
  }) => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-users-generated-'))
    onTestFinished(async () => {
      vi.restoreAllMocks()
      await rm(directory, { recursive: true })
    })
    // It prints its success.
    vi.spyOn(console, 'log').mockReturnValue()
    await generate({
      input: { target: resolve('openapi.json') },
      output: { target: join(directory, 'api.ts'), client: 'fetch', baseUrl: service.url.origin },
    })
    await writeFile(join(directory, 'consumer.ts'), consumer)
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))

    const tsc = resolve('node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', directory]).catch((error) => error)
    const client = await import(pathToFileURL(join(directory, 'consumer.ts')).href)

    expect(stdout).toBe('')
    expect(await client.create(ada.name, ada.email)).toEqual(expect.any(Number))
    expect(await client.create(ada.name, ada.email)).toBe('taken')
    expect(await client.create('', ada.email)).toBe('/problems/validation-failed /name')
    expect(await client.create(grace.name, grace.email)).toEqual(expect.any(Number))
    expect(await client.page()).toEqual({ names: [grace.name], total: '2' })
    const lines = `${JSON.stringify({ name: 'Mary', email: 'mary@example.com' })}\n{}\n`
    expect(await client.importLines(lines, 'application/x-ndjson')).toEqual([1, 0, 1])
    expect(await client.importLines(`name,email\nAda King,${ada.email}\n`, 'text/csv')).toEqual([
      0, 1, 0,
    ])
    expect(await client.importLines('name,email\n"Ada', 'text/csv')).toBe('/problems/malformed-csv')
    expect(await client.exportLines('text/csv')).toMatch(/^id,name.*\r\n\d+,Ada King,.*\r\n$/)
  })
})
