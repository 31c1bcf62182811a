// Takes over ten seconds: it renames whole copies of the project.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { faultOfName, formWithin, renamer } from '../../scripts/adopt/name.ts'
import { commit, test } from '../support/copy-test.ts'
import type { ProjectCopy } from '../support/project-copy.ts'

const { name } = JSON.parse(await readFile('package.json', 'utf8'))
// In no other word of the project, not even here.
const chosen = ['quiet', 'otter'].join('-')

const rename = ({ run }: ProjectCopy, ...args: string[]) =>
  run('node', 'scripts/adopt/rename.ts', ...args)

/** Every file but those of `git` and of the packages in which a text stands, whatever its case. */
const filesWith = async ({ run }: ProjectCopy, pattern: string) =>
  (await run('git', 'grep', '-lniE', pattern).catch(() => ({ stdout: '' }))).stdout

describe('npm run rename', () => {
  test('renames all but the history', { tags: ['slow'], timeout: 300_000 }, async ({
    repository: project,
  }) => {
    const { stdout } = await rename(project, chosen)
    await commit(project)

    expect(stdout).toContain(`${name} is ${chosen} now`)
    const found = await filesWith(project, name.replaceAll('-', '[-_]?'))
    expect(found.split('\n').filter((file) => !/^(LICENSE|CHANGELOG.md|)$/.test(file))).toEqual([])
    await project.run('node', 'scripts/build/openapi.ts')
    expect((await project.run('git', 'status', '--porcelain')).stdout).toBe('')
  })

  test('leaves alone what databases and callers have, once it is deployed', {
    tags: ['slow'],
  }, async ({ repository: project }) => {
    const toml = join(project.directory, 'wrangler.toml')
    const host = (await readFile(toml, 'utf8')).replaceAll('users.example.com', 'users.acme.dev')
    await writeFile(toml, host)
    await commit(project)

    const unsure = rename(project, chosen)

    await expect(unsure).rejects.toThrow(/may have been deployed: wrangler.toml.*--not-deployed/s)
    await rename(project, chosen, '--deployed')
    const { stdout } = await project.run('git', 'diff', '--stat', '--', 'drizzle', 'src')
    expect(stdout).toBe('')
    expect(await filesWith(project, `"name": "${chosen}"`)).toContain('package.json')
  })

  test('refuses a name that the project has already, and changes in no commit', {
    tags: ['slow'],
  }, async ({ repository: project }) => {
    await expect(rename(project, 'api-keys')).rejects.toThrow(/ stands in .* already/)
    await writeFile(join(project.directory, 'note.txt'), 'mine')
    await expect(rename(project, chosen)).rejects.toThrow(/in no commit:\n\?\? note\.txt/)
  })

  test.for([
    ['Acme-People', 'must be lower-case'],
    ['9-lives', 'must be lower-case'],
    ['acme--people', 'must be lower-case'],
    ['acme-', 'must be lower-case'],
    ['acme_people', 'must be lower-case'],
    ['acme', 'must have two words'],
    ['pg-people', 'must not begin with "pg-"'],
    [`a-${'b'.repeat(45)}`, 'so the most is 46'],
  ])('refuses %s', ([text, sentence]) => {
    expect(faultOfName(`${text}`)).toContain(sentence)
  })

  test('writes a name as the old one was written', () => {
    const rules = { from: 'a-b', to: 'c-d', isDeployed: false }
    const text = 'a-b-preview a_b_worker ab_ A_B_KEY a_b'

    expect(renamer(rules)(text)).toBe('c-d-preview c_d_worker cd_ C_D_KEY c_d')
    expect(renamer({ ...rules, isDeployed: true })(text)).toBe(
      'c-d-preview a_b_worker ab_ C_D_KEY c_d',
    )
    expect(faultOfName(rules.to)).toBeUndefined()
  })

  test('finds a form of the new name, but not within the old one', () => {
    expect(formWithin('a_b_c', { from: 'a-b-c', to: 'a-b', isDeployed: false })).toBeUndefined()
    expect(formWithin('A_B', { from: 'x-y', to: 'a-b', isDeployed: false })).toBe('A_B')
  })
})
