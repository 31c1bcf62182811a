import { once } from 'node:events'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { followLog, startFailure } from './log.ts'
import { superuserName } from './owner.ts'
import { writeSecret } from './passwords.ts'
import type { PostgresSetup } from './setup.ts'
import { killGroup, spawnPostgres } from './spawn.ts'

// The locale provider and its C.UTF-8 are PostgreSQL's own, the same on every machine. LC_CTYPE is
// the system's, and all that it decides is what pg_trgm takes for a letter; with `C`, ASCII alone.
const characterTypes = ['C.UTF-8', 'en_US.UTF-8', 'C']

const settings = [
  `--username=${superuserName}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
  // In files of the cluster: a killed initdb would leave any other kind behind.
  '--set=dynamic_shared_memory_type=mmap',
]

/** Fills the empty folder `target` with a new cluster. */
export async function runInitdb(
  target: string,
  setup: PostgresSetup,
  password: string,
): Promise<void> {
  const passwordFile = join(setup.folder.path, 'password')
  fs.rmSync(passwordFile, { force: true })
  writeSecret(passwordFile, password, setup.user ?? fs.statSync(setup.folder.path))
  try {
    await fillCluster(target, passwordFile, setup)
  } finally {
    fs.rmSync(passwordFile)
  }
}

async function fillCluster(
  target: string,
  passwordFile: string,
  { folder, binaries, user, watchdog, cleanup }: PostgresSetup,
): Promise<void> {
  const durability = folder.isTemporary ? ['--no-sync'] : []
  for (const characterType of characterTypes) {
    const args = [...settings, ...durability, `--lc-ctype=${characterType}`]
    const program = binaries.initdb
    const child = spawnPostgres({ program, cluster: target, args, passwordFile, user })
    cleanup.defer(() => killGroup(child))
    watchdog.watch(child)
    const log = followLog(child.stderr)
    const [code] = await once(child, 'close')
    if (code === 0) {
      return
    }
    if (characterType === 'C' || !log.some((line) => line.includes('invalid locale name'))) {
      throw startFailure(log, folder.path)
    }
  }
}
