import { runServer } from '../scripts/command/command.ts'
import '../scripts/command/quick-imports.ts'
import { readOptions } from './options.ts'

await runServer(async (stack, stop) => {
  const options = readOptions()
  // It takes its time to load, and wrong options need none of it.
  const { runBench } = await import('./run.ts')
  await runBench(stack, stop, options).catch((error: unknown) => {
    // What Ctrl-C has made fail is no failure.
    stop.throwIfAborted()
    throw error
  })
})
