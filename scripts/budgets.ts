import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import { CommandError } from './command.ts'
import { quietWrangler, wrangler } from './wrangler.ts'

/** Of the Worker as a deploy uploads it. */
const maxBundleKiB = 112

/** Of CPU, before the first request: Cloudflare allows a second, and a cold start waits for it. */
const maxStartupMs = 50

/** The best of so many: whatever else the machine does comes on top of the others. */
const startupTries = 8

/** Each is in the bundle, so each has a reason: CONTRIBUTING.md, "Add a dependency". */
const packages = ['@neondatabase/serverless', 'd3-dsv', 'drizzle-orm', 'hono', 'jose', 'zod']

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [wrangler, ...args], {
    env: { ...process.env, ...quietWrangler },
    maxBuffer: 2 ** 26,
  })

const Metafile = z.object({
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()) })),
})

/**
 * What a Worker may cost: its size, the packages in it, and the CPU of its start. (That a request is
 * one round trip is test/service/round-trips.test.ts.) Throws CommandError.
 */
export async function workerIsInBudget(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-budgets-'))
  try {
    await bundleIsSmall(directory)
    await startIsShort(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function bundleIsSmall(directory: string): Promise<void> {
  const metafile = join(directory, 'meta.json')
  await run('deploy', '--dry-run', '--outdir', directory, '--metafile', metafile)
  const { outputs } = Metafile.parse(JSON.parse(await readFile(metafile, 'utf8')))
  const found = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).map(packageOf))
  const unknown = found.find((name) => name !== undefined && !packages.includes(name))
  if (unknown !== undefined) {
    throw new CommandError(
      `The package ${unknown} is in the Worker. If it must be, write it into scripts/budgets.ts, ` +
        'and the reason into the commit.',
    )
  }
  const size = gzipSync(await readFile(join(directory, 'worker.js'))).length / 1_024
  if (size > maxBundleKiB) {
    throw new CommandError(
      `The Worker is ${size.toFixed(1)} KiB gzip, and ${maxBundleKiB} KiB is the budget. ` +
        'Find what it grew by before you raise the budget.',
    )
  }
}

const packageOf = (file: string): string | undefined =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]

/** Without these the Worker does not start: the check knows no secrets, but variables. */
const startupToml = (compatibilityDate: string) => `
name = "startup"
main = "${resolve('src/worker.ts')}"
compatibility_date = "${compatibilityDate}"
compatibility_flags = ["nodejs_als"]
minify = true
keep_names = false
version_metadata = { binding = "CF_VERSION_METADATA" }

[vars]
DATABASE_URL = "postgresql://worker:password@example.com/users"
API_KEYS = '[{"name":"startup","digest":"${'0'.repeat(64)}","scopes":["users:read"]}]'
`

async function startIsShort(directory: string): Promise<void> {
  const config = join(directory, 'wrangler.toml')
  const bundle = join(directory, 'worker.bundle')
  const profile = join(directory, 'startup.cpuprofile')
  const [, date = ''] =
    /^compatibility_date = "(.*)"$/m.exec(await readFile('wrangler.toml', 'utf8')) ?? []
  await writeFile(config, startupToml(date))
  await run('deploy', '--dry-run', '--config', config, '--outfile', bundle)

  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < startupTries && best > maxStartupMs; attempt += 1) {
    await run('check', 'startup', '--config', config, '--worker', bundle, '--outfile', profile)
    best = Math.min(best, activeMs(JSON.parse(await readFile(profile, 'utf8'))))
  }
  if (best > maxStartupMs) {
    throw new CommandError(
      `The Worker starts in ${best.toFixed(0)} ms of CPU at best, and ${maxStartupMs} ms is the budget. ` +
        'Look at `npx wrangler check startup`, on a machine that does nothing else.',
    )
  }
}

const Profile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.number()),
  /** Microseconds. */
  timeDeltas: z.array(z.number()),
})

function activeMs(text: unknown): number {
  const { nodes, samples, timeDeltas } = Profile.parse(text)
  const idle = nodes.find(({ callFrame }) => callFrame.functionName === '(idle)')?.id
  return samples.reduce(
    (sum, id, index) => (id === idle ? sum : sum + (timeDeltas[index] ?? 0) / 1_000),
    0,
  )
}
