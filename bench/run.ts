import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { readRuntime } from '../scripts/build/runtime.ts'
import { stopped } from '../scripts/command/command.ts'
import { chartOf } from './chart.ts'
import { startContestants } from './contestants.ts'
import { openBenchDatabase } from './database.ts'
import { measureInputs } from './inputs.ts'
import { currentLoad, describeMachine } from './machine.ts'
import { measure, stepsOf } from './measure.ts'
import { oneCaller } from './one-caller.ts'
import type { BenchOptions } from './options.ts'
import { profile } from './profile.ts'
import { type Results, resultsOf } from './results.ts'
import { scale } from './scale.ts'
import { tableOf } from './table.ts'

/** Runs to its end, or until Ctrl-C. */
export async function runBench(
  stack: AsyncDisposableStack,
  stop: AbortSignal,
  options: BenchOptions,
): Promise<void> {
  const loadBefore = currentLoad()
  const runtime = await readRuntime()
  const folder = await mkdtemp(join(tmpdir(), 'edge-users-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  if (options.scale) {
    await scale(stack, stop, options, folder, runtime)
    return
  }
  if (options.oneCaller) {
    await oneCaller(stack, stop, folder, runtime)
    return
  }
  const database = await openBenchDatabase(stack, options.users)
  stop.throwIfAborted()

  if (options.profile) {
    await profile(
      stack,
      stop,
      { ...options, operations: options.profile },
      folder,
      runtime,
      database,
    )
    return
  }
  if (options.inputs) {
    await measureInputs(stack, stop, folder, runtime, database)
    return
  }
  const contestants = await startContestants(stack, folder, runtime, database, options.recipe)
  stop.throwIfAborted()

  const bar = new SingleBar({ format: '{bar} {percentage}% | {eta_formatted} left' })
  bar.start(stepsOf(options, contestants), 0)
  stack.defer(() => bar.stop())
  const running = measure(options, contestants, database, () => bar.increment())
  const cells = await Promise.race([running, stopped(stop)])
  bar.stop()

  const results = resultsOf(cells, describeMachine(database.version, loadBefore), options)
  console.log(options.json ? JSON.stringify(results) : tableOf(results))
  await write(options, results)
}

async function write({ out, json }: BenchOptions, results: Results): Promise<void> {
  if (out === undefined) {
    return
  }
  await mkdir(out, { recursive: true })
  await writeFile(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  await writeFile(join(out, 'chart.svg'), chartOf(results))
  if (!json) {
    console.log(`\nWritten to ${out}: results.json and chart.svg.`)
  }
}
