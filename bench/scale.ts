import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '../scripts/build/runtime.ts'
import { stopped } from '../scripts/command/command.ts'
import { createKey } from '../scripts/keys/key.ts'
import { bundleService } from './bundles.ts'
import { startService } from './contestants.ts'
import { currentLoad, describeMachine } from './machine.ts'
import type { BenchOptions } from './options.ts'
import { newScaleAgent } from './scale/ask.ts'
import type { Bench } from './scale/bench.ts'
import { bulkReport, roundedBulk } from './scale/bulk-report.ts'
import { scaleChartOf } from './scale/chart.ts'
import { createScaleDatabase, startScaleServer } from './scale/database.ts'
import { type Filled, fill } from './scale/fill.ts'
import { type Measured, measureSizes, type Recorded } from './scale/measure.ts'
import { startRecorder } from './scale/recorder.ts'
import { type ScaleResults, scaleResultsOf } from './scale/results.ts'
import { runBulk } from './scale/run-bulk.ts'
import { maxTurns, readSubject } from './scale/subject.ts'
import { scaleTableOf } from './scale/table.ts'

/** Measures what a request costs against the size of the table. Prints a table and writes files. */
export async function scale(
  stack: AsyncDisposableStack,
  stop: AbortSignal,
  options: BenchOptions,
  folder: string,
  runtime: Runtime,
): Promise<void> {
  const loadBefore = currentLoad()
  const server = await startScaleServer(stack, options.sizes)
  const say = (line: string) => console.error(line)
  const key = createKey()
  const bundled = join(folder, 'bundled')
  await bundleService(bundled)
  const start: Bench['start'] = (name, where, owner = stack) =>
    startService(owner, join(folder, name), runtime, where, key, {
      bundle: async (target) => {
        await cp(bundled, target, { recursive: true })
        return join(target, 'worker.js')
      },
    })
  const bench = { stack, stop, start, folder, server, key, rounds: options.rounds, say }

  const bulk = await runBulk(bench, Math.max(...options.sizes))
  const tables: Filled[] = []
  const sizes: Measured[] = []
  for (const users of options.sizes) {
    const { filled, measured } = await openSize(bench, users)
    tables.push(filled)
    sizes.push(measured)
  }
  const recorded = await startRecorded(bench)
  const turns = Math.min(maxTurns, options.rounds)
  const operations = await measureSizes(
    turns,
    sizes,
    recorded,
    server.endpoint,
    stop,
    (operation) =>
      say(`${operation.name}: ${operation.cells.map(({ ms }) => ms.toFixed(2)).join(', ')} ms`),
  )

  const { version, sharedBuffers } = server
  const machine = { ...describeMachine(version, loadBefore), sharedBuffers }
  const results = {
    ...scaleResultsOf(machine, tables, operations),
    bulk: roundedBulk(bulk),
  }
  const report = [scaleTableOf(results), bulkReport(results.bulk)].join('\n')
  console.log(options.json ? JSON.stringify(results) : report)
  await write(options.out, results)
}

async function openSize({ stack, stop, start, server, key, say }: Bench, users: number) {
  const name = `users_${users}`
  const database = await createScaleDatabase(server, name)
  const filled = await Promise.race([fill(database, users, stop), stopped(stop)])
  say(
    `${users} users loaded in ${filled.seconds.toFixed(1)} s: ` +
      `${filled.secondsPerMillion.toFixed(0)} s a million`,
  )
  const { url } = await start(name, database)
  const agent = newScaleAgent()
  stack.defer(() => agent.destroy())
  const measured: Measured = {
    subject: await readSubject(database, users),
    service: { url, key, agent },
  }
  return { filled, measured }
}

/** The same bundle, whose statements are written down and not run. */
async function startRecorded({ stack, start, server, key }: Bench): Promise<Recorded> {
  const recorder = await startRecorder(stack)
  const url = server.postgres.url
  const service = await start('recorded', { url, endpoint: recorder })
  const agent = newScaleAgent()
  stack.defer(() => agent.destroy())
  return { recorder, service: { url: service.url, key, agent }, url }
}

async function write(out: string | undefined, results: ScaleResults): Promise<void> {
  if (out !== undefined) {
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'scale.json'), `${JSON.stringify(results, null, 2)}\n`)
    await writeFile(join(out, 'scale.svg'), scaleChartOf(results))
  }
}
