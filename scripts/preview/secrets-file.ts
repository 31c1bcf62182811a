import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Writes secrets into a file for this user alone, which is gone afterwards, however that comes. */
export async function withSecretsFile<T>(
  secrets: Record<string, string>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-users-preview-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const file = join(folder, 'secrets.json')
    writeFileSync(file, JSON.stringify(secrets), { flag: 'wx', mode: 0o600 })
    return await use(file)
  } finally {
    process.off('exit', remove)
    remove()
  }
}
