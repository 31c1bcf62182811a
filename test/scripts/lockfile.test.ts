import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      /** To a workspace of this repository. */
      link: z.boolean().default(false),
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
})

const { packages } = Lockfile.parse(JSON.parse(await readFile('package-lock.json', 'utf8')))
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
)

describe('package-lock.json', () => {
  test('pins every package by its hash, whatever the registry', () => {
    for (const [path, { integrity, resolved }] of installed) {
      expect(integrity, path).toMatch(/^sha512-/)
      expect(resolved, path).toBeUndefined()
    }
  })

  // `npm install` leaves out what its registry does not hold; `npm ci` then fails everywhere.
  test('holds the packages of every platform', () => {
    const wanted = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies))

    const missing = wanted.filter((name) =>
      installed.every(([path]) => !path.endsWith(`node_modules/${name}`)),
    )

    expect(missing).toEqual([])
  })
})

describe('package.json', () => {
  test('takes exact versions from a registry, and nothing from git', async () => {
    const npmrc = (await readFile('.npmrc', 'utf8')).split('\n')

    for (const file of ['package.json', ...globSync('packages/*/{,example/}package.json')]) {
      const {
        dependencies,
        devDependencies,
        optionalDependencies = {},
      } = JSON.parse(await readFile(file, 'utf8'))
      for (const version of [dependencies, devDependencies, optionalDependencies].flatMap(
        Object.values,
      )) {
        expect(version, file).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
      }
    }
    expect(npmrc).toContain('save-exact=true')
    expect(npmrc).toContain('allow-git=none')
  })
})
