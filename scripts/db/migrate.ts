import { parseArgs } from 'node:util'
import { runCommand, usageError } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { applyMigrations, defaultLockWaitMs, defaultTimeouts } from '../migrations/apply.ts'

const usage = 'Usage: npm run db:migrate [-- --lock-timeout MS --wait SECONDS]'

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        'lock-timeout': { type: 'string', default: String(defaultTimeouts.lockMs) },
        wait: { type: 'string', default: String(defaultLockWaitMs / 1_000) },
      },
    })
    return {
      timeouts: { ...defaultTimeouts, lockMs: readNumber('lock-timeout', values['lock-timeout']) },
      lockWaitMs: readNumber('wait', values.wait) * 1_000,
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

function readNumber(option: string, value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new TypeError(`--${option} must be a number from 1 to 999999.`)
  }
  return Number(value)
}

await runCommand(async () => {
  await applyMigrations(directUrl(), {
    ...readOptions(),
    onApplied: (tag, milliseconds) => console.log(`  ${tag}  ${milliseconds.toFixed(0)} ms`),
    onRetry: (failure) => console.log(`${failure}\nTrying again.`),
  })
  console.log('The database is up to date.')
})
