import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CpuProfile, openInspector } from '../scripts/build/inspector.ts'
import type { Runtime } from '../scripts/build/runtime.ts'
import { stopped } from '../scripts/command/command.ts'
import { createKey } from '../scripts/keys/key.ts'
import { startService } from './contestants.ts'
import { cpuTimeOf } from './cpu.ts'
import type { BenchDatabase } from './database.ts'
import { newAgent, putUnderLoad } from './load.ts'
import { operationsOn } from './operations.ts'
import type { BenchOptions } from './options.ts'

const shownFunctions = 25
const minSeconds = 5

/** Until then V8 still compiles. */
const warmUpRequests = 4_000

/** Prints where the service, bundled with its names, spends its time in each operation. */
export async function profile(
  stack: AsyncDisposableStack,
  stop: AbortSignal,
  { operations, concurrency, seconds }: BenchOptions,
  folder: string,
  runtime: Runtime,
  database: BenchDatabase,
): Promise<void> {
  const key = createKey()
  const home = join(folder, 'service')
  const { url, pid, inspectorPort } = await startService(stack, home, runtime, database, key, {
    isReadable: true,
  })
  const fileOf = filesOf(await readFile(join(home, 'worker.js'), 'utf8'))
  const inspector = await openInspector(stack, inspectorPort ?? 0, { samplingIntervalUs: 100 })
  const definitions = operationsOn(database)
  const agent = newAgent(concurrency)
  stack.defer(() => agent.destroy())
  let number = 0

  for (const name of operations) {
    const operation = definitions[name]
    const load = {
      name: 'service',
      url,
      key,
      agent,
      operation,
      nextNumber: () => ++number,
      concurrency,
      seconds: Math.max(seconds, minSeconds),
    }
    const run = async () => {
      for (let warm = 0; warm < warmUpRequests; ) {
        warm += (await putUnderLoad({ ...load, seconds: 0.5 })).latenciesMs.length
      }
      const before = await cpuTimeOf(pid)
      await inspector.start()
      const { latenciesMs } = await putUnderLoad(load)
      const taken = await inspector.stop()
      const cpuUs = ((await cpuTimeOf(pid)) ?? 0) - (before ?? 0)
      console.log(reportOf(name, taken, latenciesMs.length, cpuUs, fileOf))
      await database.restore()
    }
    await Promise.race([run(), stopped(stop)])
  }
}

function reportOf(
  operation: string,
  { nodes, samples, timeDeltas }: CpuProfile,
  requests: number,
  cpuUs: number,
  fileOf: (line: number) => string,
): string {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byFunction = new Map<string, number>()
  const byFile = new Map<string, number>()
  const add = (to: Map<string, number>, name: string, us: number) =>
    to.set(name, (to.get(name) ?? 0) + us)

  const busy = samples.flatMap((id, index) => {
    const frame = frames.get(id)
    return frame && frame.functionName !== '(idle)' ? [{ frame, us: timeDeltas[index] ?? 0 }] : []
  })
  // The clock of the profiler runs on while the process waits for a core: together it is the CPU time.
  const scale = cpuUs / requests / busy.reduce((sum, { us }) => sum + us, 0)

  for (const { frame, us: clockUs } of busy) {
    const us = clockUs * scale
    const file = frame.url === '' ? '(native)' : fileOf(frame.lineNumber)
    const place = frame.url === '' ? '' : ` ${file}`
    add(byFunction, `${frame.functionName || '(anonymous)'}${place}`, us)
    add(byFile, frame.url === '' ? frame.functionName || file : packageOf(file), us)
  }
  return [
    `${operation}: ${requests} requests, ${(cpuUs / requests).toFixed(0)} µs of CPU each under the profiler`,
    '',
    listed('self time by function', byFunction),
    '',
    listed('by file or package', byFile),
    '',
  ].join('\n')
}

const listed = (heading: string, of: ReadonlyMap<string, number>) =>
  [...of]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, shownFunctions)
    .reduce(
      (text, [name, us]) => `${text}\n${us.toFixed(1).padStart(6)}  ${name}`,
      `    µs  ${heading}`,
    )

/** esbuild writes above each module which file it was. */
function filesOf(bundle: string): (line: number) => string {
  const starts: [line: number, file: string][] = []
  for (const [index, line] of bundle.split('\n').entries()) {
    const [, file] = /^\s*\/\/ (\S+\.[cm]?[jt]s)$/.exec(line) ?? []
    if (file !== undefined) {
      starts.push([index, file.replace(/^.*node_modules\//, '')])
    }
  }
  return (line) => starts.findLast(([start]) => start <= line)?.[1] ?? 'worker.js'
}

/** A package as a whole, our own files one by one. */
const packageOf = (file: string) =>
  /src\/.*$/.exec(file)?.[0] ?? /^(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file
