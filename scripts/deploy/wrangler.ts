import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import * as z from 'zod'
import { CommandError } from '../command.ts'
import { wrangler } from '../wrangler.ts'

/** Which versions answer, and what part of the requests in percent. Newest first. */
export type Deployment = {
  message: string
  versions: { id: string; percentage: number }[]
}

const Deployments = z.array(
  z.object({
    created_on: z.string(),
    annotations: z.record(z.string(), z.unknown()).optional(),
    versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
  }),
)

const Secrets = z.array(z.object({ name: z.string() }))

/** What a call leaves in WRANGLER_OUTPUT_FILE_PATH, a line of JSON each. */
const Output = z.object({ type: z.string(), version_id: z.string().nullish() })

/** What wrangler said when it failed. */
class WranglerFailure extends CommandError {
  readonly output: string

  constructor(args: readonly string[], output: string) {
    super(`\`wrangler ${args.join(' ')}\` failed:\n${output}`)
    this.output = output
  }
}

/** What it never needs, though it stands in the environment. */
const neverNeeded = ['API_KEYS', 'DATABASE_URL', 'DATABASE_URL_DIRECT', 'EDGE_USERS_KEY']

/** 10007, or a Worker that was made with its secrets and never deployed. */
const isMissing = (error: unknown) =>
  error instanceof WranglerFailure &&
  /code: 10007|has no deployments|Worker "[^"]+" .*not found/.test(error.output)

/** The one on PATH. Windows starts no script that is none of its own. */
const [program, first] =
  process.platform === 'win32' ? [process.execPath, [wrangler]] : ['wrangler', []]

export type Wrangler = ReturnType<typeof createWrangler>

/**
 * The wrangler on PATH, for one environment of wrangler.toml. `hidden` are names that it must not
 * find in the environment: what stands there goes before the secrets file.
 *
 * Each call throws CommandError. What changes something ends with `stop`; what looks where it stands
 * then, or takes it back, does not.
 */
export function createWrangler(environment: string, stop: AbortSignal, hidden: readonly string[]) {
  const run = async (
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ stdout: string; versionId: string }> => {
    const folder = await mkdtemp(join(tmpdir(), 'edge-users-deploy-'))
    const outputFile = join(folder, 'output.ndjson')
    const whole = [...args, '--env', environment]
    try {
      const { stdout } = await promisify(execFile)(program, [...first, ...whole], {
        env: {
          ...environmentWithout([...hidden, ...neverNeeded]),
          WRANGLER_OUTPUT_FILE_PATH: outputFile,
        },
        maxBuffer: 2 ** 26,
        signal,
      }).catch((error: unknown) => {
        throw new WranglerFailure(whole, explain(error))
      })
      return { stdout, versionId: await readVersionId(outputFile) }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  return {
    /** The newest ten; none when the Worker has never been deployed. */
    async deployments(): Promise<Deployment[]> {
      const { stdout } = await run(['deployments', 'list', '--json']).catch((error: unknown) => {
        if (isMissing(error)) {
          return { stdout: '[]' }
        }
        throw error
      })
      return Deployments.parse(JSON.parse(stdout))
        .sort((a, b) => b.created_on.localeCompare(a.created_on))
        .map(({ annotations, versions }) => ({
          message: String(annotations?.['workers/message'] ?? ''),
          versions: versions.map(({ version_id: id, percentage }) => ({ id, percentage })),
        }))
    },
    async secretNames(): Promise<string[]> {
      const { stdout } = await run(['secret', 'list', '--format', 'json'], stop).catch(
        (error: unknown) => {
          if (isMissing(error)) {
            return { stdout: '[]' }
          }
          throw error
        },
      )
      return Secrets.parse(JSON.parse(stdout)).map(({ name }) => name)
    },
    /** Bundles the Worker and makes its pages, as an upload does. */
    async build(): Promise<void> {
      await run(['deploy', '--dry-run'], stop)
    },
    /** A new version, which answers nobody yet. Resolves with its id. */
    async upload(tag: string, message: string, secretsFile?: string): Promise<string> {
      const args = ['versions', 'upload', ...describe(tag, message, secretsFile)]
      return requireId(await run(args, stop))
    },
    /** The Worker itself, which answers everybody at once: nobody knew it before. Resolves with the version's id. */
    async create(tag: string, message: string, secretsFile?: string): Promise<string> {
      return requireId(await run(['deploy', ...describe(tag, message, secretsFile)], stop))
    },
    /** `shares` are versions with their percentages, 100 together. */
    async deploy(shares: readonly (readonly [string, number])[], message: string): Promise<void> {
      const specs = shares.map(([id, percentage]) => `${id}@${percentage}%`)
      await run(['versions', 'deploy', ...specs, '--yes', '--message', message], stop)
    },
    async applyTriggers(): Promise<void> {
      await run(['triggers', 'deploy'], stop)
    },
    async rollBack(id: string, message: string): Promise<void> {
      await run(['rollback', id, '--yes', '--message', message])
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

function environmentWithout(hidden: readonly string[]): NodeJS.ProcessEnv {
  const shown = Object.entries(process.env).filter(([name]) => !hidden.includes(name))
  return {
    ...Object.fromEntries(shown),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
  }
}

async function readVersionId(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Output.parse(JSON.parse(line)))
  return entries.findLast(({ version_id }) => version_id)?.version_id ?? ''
}

/** The lines that name the fault: wrangler puts a banner, a build and where its log is around them. */
function explain(error: unknown): string {
  const { stderr = '', stdout = '', message = '' } = Object(error)
  const text = stripVTControlCharacters(`${stdout}\n${stderr}`)
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/Logs were written|^🪵|⛅|^─+$/.test(line))
  return lines.length > 0 ? lines.slice(-12).join('\n') : String(message)
}
