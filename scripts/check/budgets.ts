import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as z from 'zod'
import { resources } from '../../src/resources.ts'
import { type CpuProfile, openInspector } from '../build/inspector.ts'
import { type Runtime, readRuntime } from '../build/runtime.ts'
import { startWorkerd } from '../build/workerd.ts'
import { runChild } from '../command/child.ts'
import { readChildJson } from '../command/child-json.ts'
import { CommandError } from '../command/command.ts'
import { quietWrangler, wrangler } from '../command/wrangler.ts'

/**
 * Of the Worker as a deploy uploads it: what it takes whatever it serves, and for each resource what one
 * of some ten routes takes. Measured: 106 for all but the resources, with the pieces of events, 6 for the
 * users with import, export, search and restore, 2 for the events.
 */
const maxBundleKiB = 107 + 4 * Object.keys(resources).length

/**
 * Of CPU, before the first request, against a Worker that is nothing but the driver: one machine takes
 * three times as long as another for the same. Cloudflare allows a second, and a cold start waits for it.
 */
const maxStartupRatio = 2.5

/** A busy machine only adds to a start, so one that is short enough shows that it can be. */
const startupTurns = { least: 3, most: 21 }

const driver = '@neondatabase/serverless'

/** Each goes into the bundle, so each needs a reason: CONTRIBUTING.md, "Add a dependency". */
const packages = [driver, '@hono/zod-validator', 'd3-dsv', 'drizzle-orm', 'hono', 'jose', 'zod']

const run = (...args: readonly string[]) =>
  runChild(process.execPath, [wrangler, ...args], { env: quietWrangler })

const Metafile = z.object({
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()) })),
})

/**
 * Checks what the Worker costs: its size, the packages in it, and the CPU of its start. Throws
 * CommandError. (test/service/round-trips.test.ts checks that a request is one round trip.)
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
  const { outputs } = readChildJson(
    'The metafile of wrangler',
    Metafile,
    await readFile(metafile, 'utf8'),
  )
  const found = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).map(packageOf))
  const unknown = found.find((name) => name !== undefined && !packages.includes(name))
  if (unknown !== undefined) {
    throw new CommandError(
      `The package ${unknown} is in the Worker. If it must be, write it into ` +
        'scripts/check/budgets.ts, and the reason into the commit.',
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

const driverAlone = (driver: string) => `
import { neon } from '${driver}'
export default { fetch: () => new Response(neon.name) }
`

async function startIsShort(directory: string): Promise<void> {
  const runtime = await readRuntime()
  const ofDriver: number[] = []
  const ofWorker: number[] = []
  const [worker, reference] = [join(directory, 'worker.js'), await bundleDriver(directory, runtime)]

  const ratio = () => Math.min(...ofWorker) / median(ofDriver)
  for (let turn = 1; turn <= startupTurns.most; turn += 1) {
    ofDriver.push(await startMs(reference, runtime))
    ofWorker.push(await startMs(worker, runtime))
    if (turn >= startupTurns.least && ratio() <= maxStartupRatio) {
      break
    }
  }
  if (ratio() > maxStartupRatio) {
    throw new CommandError(
      `The Worker starts in ${ratio().toFixed(1)} times the CPU of its driver alone, and ` +
        `${maxStartupRatio} is the budget. Look at \`npx wrangler check startup\`.`,
    )
  }
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

/** The driver alone, bundled with the settings of the Worker. */
async function bundleDriver(directory: string, { date, flags }: Runtime): Promise<string> {
  const folder = join(directory, 'driver')
  const config = join(folder, 'wrangler.json')
  await mkdir(folder)
  await writeFile(join(folder, 'main.ts'), driverAlone(fileURLToPath(import.meta.resolve(driver))))
  await writeFile(
    config,
    JSON.stringify({
      name: 'driver',
      main: 'main.ts',
      compatibility_date: date,
      compatibility_flags: flags,
      minify: true,
      keep_names: false,
    }),
  )
  await run('deploy', '--dry-run', '--config', config, '--outdir', join(folder, 'out'))
  return join(folder, 'out', 'main.js')
}

/** The Worker does not start without its variables, and the check has no secrets. */
const variables = {
  DATABASE_URL: 'postgresql://worker@example.com/users',
  API_KEYS: JSON.stringify([{ name: 'startup', digest: '0'.repeat(64), scopes: ['users:read'] }]),
}

/** It is imported in a request, as by `wrangler check startup`: nothing else can be profiled. */
const entry = `
export default {
  async fetch() {
    await import('./bundle')
    return new Response()
  },
}`

/** Starts a bundle in a workerd of its own: milliseconds of CPU. */
async function startMs(main: string, runtime: Runtime): Promise<number> {
  await using stack = new AsyncDisposableStack()
  const { url, inspectorPort = 0 } = await startWorkerd(stack, {
    main,
    entry,
    runtime,
    variables,
    objects: { CF_VERSION_METADATA: { id: 'startup' } },
    hasInspector: true,
  })
  const inspector = await openInspector(stack, inspectorPort)
  await inspector.start()
  const { ok } = await fetch(url)
  if (!ok) {
    throw new CommandError('The Worker does not start. Look at `npx wrangler check startup`.')
  }
  return workMs(await inspector.stop())
}

type StartProfile = Pick<CpuProfile, 'samples' | 'timeDeltas'> & {
  nodes: { id: number; callFrame: { functionName: string } }[]
}

/**
 * The time in which it worked, and not the time in which another program had its core: then no sample is
 * taken, and the next one comes late.
 */
export function workMs({ nodes, samples, timeDeltas }: StartProfile): number {
  const idle = nodes.find(({ callFrame }) => callFrame.functionName === '(idle)')?.id
  const late = 2 * median(timeDeltas)
  return samples.reduce(
    (sum, id, index) => (id === idle ? sum : sum + Math.min(timeDeltas[index] ?? 0, late) / 1_000),
    0,
  )
}
