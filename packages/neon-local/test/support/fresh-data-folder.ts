import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { startPostgres } from '../../src/postgres.ts'

/** Makes a data folder with a cluster, as a copy: only the first of a run takes the time of initdb. */
export async function copyFreshDataFolder(dataDir: string): Promise<void> {
  const fresh = join(tmpdir(), 'fresh-data')
  if (isFirst(`${fresh}.claimed`)) {
    const postgres = await startPostgres({ dataDir: `${fresh}.unfinished` })
    await postgres.close()
    fs.renameSync(`${fresh}.unfinished`, fresh)
  }
  await vi.waitUntil(() => fs.existsSync(fresh), { timeout: 80_000 })
  fs.cpSync(fresh, dataDir, { recursive: true, preserveTimestamps: true })
}

/** Test files run in several processes. */
function isFirst(claim: string): boolean {
  try {
    fs.mkdirSync(claim)
    return true
  } catch {
    return false
  }
}
