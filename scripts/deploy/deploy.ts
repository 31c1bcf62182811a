import { runInterruptible } from '../command/interruptible.ts'
import { attemptDeploy } from './attempt.ts'
import { readOptions } from './options.ts'

await runInterruptible(async (stop) => {
  const options = readOptions()
  const log = options.isJson ? console.error : console.log
  const { report, exitCode } = await attemptDeploy(options, log, stop)

  console.log(options.isJson ? JSON.stringify(report) : report.message)
  // After Ctrl-C it is set.
  if (report.result !== 'interrupted') {
    process.exitCode = exitCode
  }
})
