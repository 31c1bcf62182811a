// Takes over ten seconds: a whole deploy, by wrangler itself, while all command lines are read.

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import { commandLinesWith, markedUrl } from '../support/arguments.ts'
import { test } from '../support/deploy-test.ts'
import { acceptKeys } from '../support/keys.ts'
import { asWorker } from '../support/worker-role.ts'

describe.skipIf(process.platform !== 'linux')('no secret stands in a command line', () => {
  test('of npm run deploy, which knows the owner, a key and the secrets', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { run, secretsFile, database, key } = deployer
    const canary = `canary-${randomUUID()}`
    const secrets = { DATABASE_URL: markedUrl(asWorker(database.url), canary), ...acceptKeys(key) }
    await writeFile(secretsFile, JSON.stringify(secrets))
    const env = { DATABASE_URL_DIRECT: markedUrl(database.url, canary) }

    const deploying = run(['--secrets-file', secretsFile], env)
    const lines = await Promise.all(
      [canary, key.key].map((text) => commandLinesWith(text, deploying)),
    )

    expect(lines).toEqual([[], []])
    expect((await deploying).report['result'], (await deploying).output).toBe('deployed')
  })
})
