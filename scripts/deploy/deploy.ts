import { runInterruptible } from '../command/interruptible.ts'
import { readOptions } from './options.ts'

await runInterruptible(async (stop) => {
  const options = readOptions()
  // It loads wrangler, which takes its time, and wrong options need none of it.
  const { attemptDeploy } = await import('./attempt.ts')
  const log = options.isJson ? console.error : console.log
  const { report, exitCode } = await attemptDeploy(options, log, stop)

  console.log(options.isJson ? JSON.stringify(report) : report.message)
  // After Ctrl-C it is set.
  if (report.result !== 'interrupted') {
    process.exitCode = exitCode
  }
})
