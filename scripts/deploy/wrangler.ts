import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import * as z from 'zod'
import { runChild } from '../command/child.ts'
import { readChildJson } from '../command/child-json.ts'
import { CommandError } from '../command/command.ts'
import { wrangler } from '../command/wrangler.ts'

/** What a call leaves in WRANGLER_OUTPUT_FILE_PATH, a line of JSON each. */
const Output = z.object({ type: z.string(), version_id: z.string().nullish() })

/** Variables that wrangler must not see, although they are in the environment. */
const neverNeeded = ['API_KEYS', 'DATABASE_URL', 'DATABASE_URL_DIRECT', 'EDGE_USERS_KEY']

/** The one on PATH. Windows starts no script that is none of its own. */
const [program, first] =
  process.platform === 'win32' ? [process.execPath, [wrangler]] : ['wrangler', []]

export type Wrangler = ReturnType<typeof createWrangler>

type Run = {
  env?: Readonly<Record<string, string>>
  hidden?: readonly string[]
  signal?: AbortSignal
}

/**
 * The wrangler on PATH. `hidden` are names that it must not find in the environment. Throws
 * CommandError with its words.
 */
export async function runWrangler(
  args: readonly string[],
  { env = {}, hidden = [], signal }: Run = {},
): Promise<{ stdout: string }> {
  const absent = [...hidden, ...neverNeeded].map((name) => [name, undefined] as const)
  return runChild(program, [...first, ...args], {
    env: { ...Object.fromEntries(absent), ...env },
    signal,
  }).catch((error: unknown) => {
    throw new CommandError(`\`wrangler ${args.join(' ')}\` failed:\n${explain(error)}`)
  })
}

/**
 * What wrangler alone knows how to do, for one environment of wrangler.toml: bundle, upload, and
 * apply the triggers. `hidden` are names that it must not find in the environment: what stands there
 * goes before the secrets file.
 *
 * Each call throws CommandError, and ends with `stop`.
 */
export function createWrangler(
  environment: string,
  accountId: string,
  stop: AbortSignal,
  hidden: readonly string[],
) {
  const run = async (...args: readonly string[]): Promise<{ versionId: string }> => {
    const folder = await mkdtemp(join(tmpdir(), 'edge-users-deploy-'))
    const outputFile = join(folder, 'output.ndjson')
    const env = { CLOUDFLARE_ACCOUNT_ID: accountId, WRANGLER_OUTPUT_FILE_PATH: outputFile }
    try {
      await runWrangler([...args, '--env', environment], { env, hidden, signal: stop })
      return { versionId: await readVersionId(outputFile) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    /** Bundles the Worker and makes its pages, as an upload does. */
    async build(): Promise<void> {
      await run('deploy', '--dry-run')
    },
    /** Uploads a new version, which gets no requests yet. Resolves with its id. */
    async upload(tag: string, message: string, secretsFile?: string): Promise<string> {
      return requireId(await run('versions', 'upload', ...describe(tag, message, secretsFile)))
    },
    /** Makes the Worker, which answers everybody at once. Resolves with the version's id. */
    async create(tag: string, message: string, secretsFile?: string): Promise<string> {
      return requireId(await run('deploy', ...describe(tag, message, secretsFile)))
    },
    async applyTriggers(): Promise<void> {
      await run('triggers', 'deploy')
    },
  }
}

function requireId({ versionId }: { versionId: string }): string {
  if (versionId === '') {
    throw new CommandError('wrangler did not say which version it has uploaded: run this again.')
  }
  return versionId
}

const describe = (tag: string, message: string, secretsFile: string | undefined) => [
  ...['--tag', tag, '--message', message],
  ...(secretsFile === undefined ? [] : ['--secrets-file', secretsFile]),
]

async function readVersionId(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readChildJson('The output file of wrangler', Output, line))
  return entries.findLast(({ version_id }) => version_id)?.version_id ?? ''
}

/** The lines that say what failed, without wrangler's banner, build output and log path. */
function explain(error: unknown): string {
  const { stderr = '', stdout = '', message = '' } = Object(error)
  const text = stripVTControlCharacters(`${stdout}\n${stderr}`)
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/Logs were written|^🪵|⛅|^─+$/.test(line))
  return lines.length > 0 ? lines.slice(-12).join('\n') : String(message)
}
