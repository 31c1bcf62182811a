import { globSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect } from 'vitest'
import { resources } from '../../src/resources.ts'
import { ada } from '../support/people.ts'
import { linkProject } from '../support/project.ts'
import { test } from '../support/shared-test.ts'

/** What somebody needs who uses the client: nothing of the Worker. */
const parts = [
  'src/client.ts',
  'src/client',
  'src/errors.ts',
  'src/problem-statuses.ts',
  'src/resources.ts',
  ...globSync(`src/{${Object.keys(resources).join()}}/{resource,client,*-client}.ts`),
]

const api = await readFile('docs/api.md', 'utf8')
const [, sample = ''] = /^```ts\n(.*?)^```$/ms.exec(api) ?? []

const tsconfig = {
  extends: './tsconfig.base.json',
  include: ['sample.ts'],
  compilerOptions: { typeRoots: ['node_modules/@types'] },
}

describe('the sample of the client in docs/api.md', () => {
  test('compiles', { tags: ['slow'] }, async () => {
    const project = await linkProject()
    await project.write('sample.ts', sample)
    await project.write('tsconfig.base.json', await readFile('tsconfig.json', 'utf8'))
    await project.write('tsconfig.json', JSON.stringify(tsconfig))

    const command = project.run('tsc', ['-p', '.', '--preserveSymlinks'])

    expect(await command.ended, command.output()).toBe(0)
    await project.remove()
  })

  test('runs with the files of the client alone', async ({ service }) => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-users-consumer-'))
    await mkdir(join(directory, 'src'))
    for (const part of parts) {
      await cp(part, join(directory, part), { recursive: true })
    }
    await mkdir(join(directory, 'node_modules'))
    await symlink(resolve('node_modules/hono'), join(directory, 'node_modules/hono'))
    await writeFile(join(directory, 'package.json'), '{"type":"module"}')
    const ours = sample.replace('http://localhost:8787', service.url.origin)
    await writeFile(join(directory, 'sample.ts'), ours)
    const project = await linkProject()

    const command = project.run('node', [join(directory, 'sample.ts')])

    expect(await command.ended, command.output()).toBe(0)
    await project.remove()
    await rm(directory, { recursive: true })
    const { body } = await service.request('GET', `/users?email=${ada.email}`)
    expect(body).toMatchObject([{ name: 'Ada King', version: 2 }])
  })
})
