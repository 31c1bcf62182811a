import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The bundled Worker with a wrangler.toml of its own. It goes with the other temporary files. */
async function copyWorker(workerDir: string, change: (toml: string) => string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'worker-copy-'))
  const file = join(copy, 'wrangler.toml')

  await cp(workerDir, copy, { recursive: true })
  await writeFile(file, change(await readFile(file, 'utf8')))
  return copy
}

type Limits = { callers: number; bulk: number; searches: number; addresses: number }

/** A Worker with other limits: requests a minute. */
export const copyWithLimits = (workerDir: string, limits: Limits) =>
  copyWorker(workerDir, (toml) =>
    Object.entries(limits).reduce((text, [name, limit]) => {
      const pattern = new RegExp(`(name = "RATE_LIMIT_${name.toUpperCase()}"[^[]*?limit = )[\\d_]+`)
      if (!pattern.test(text)) {
        throw new TypeError(`wrangler.toml binds no RATE_LIMIT_${name.toUpperCase()}.`)
      }
      return text.replace(pattern, `$1${limit}`)
    }, toml),
  )

export const copyWithoutLimits = (workerDir: string) =>
  copyWorker(workerDir, (toml) => toml.replaceAll(/\[\[ratelimits\]\][^[]*/g, ''))
