import { parseArgs } from 'node:util'
import { exitCodes, runCommand, usageError } from '../command/command.ts'
import { examine } from './examine.ts'
import type { Finding } from './finding.ts'

function readOptions() {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values
  } catch (error) {
    throw usageError(error, 'Usage: npm run doctor [-- --json]')
  }
}

const words = { ok: 'ok', warning: 'warn', fault: 'fault' } as const

function screen(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.map(
    ({ check, level, message }) => `${words[level].padEnd(5)}  ${check.padEnd(width)}  ${message}`,
  )
  return [...lines, conclusion(findings)].join('\n')
}

function conclusion(findings: readonly Finding[]): string {
  const faults = findings.filter(({ level }) => level === 'fault').length
  const warnings = findings.filter(({ level }) => level === 'warning').length

  if (faults > 0) {
    return `${count(faults, 'fault')} to mend. What depends on one was not looked at.`
  }
  return warnings > 0
    ? `Nothing is broken, but read the ${count(warnings, 'warning')}.`
    : 'Nothing is wrong.'
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`

/** Ends the process, which a look-up of a host's name may hold for half a minute. */
const printAndEnd = (text: string) =>
  new Promise<never>(() => {
    process.stdout.write(`${text}\n`, () => process.exit())
  })

await runCommand(async () => {
  const { json } = readOptions()
  const findings = await examine()
  const healthy = findings.every(({ level }) => level !== 'fault')

  process.exitCode = healthy ? 0 : exitCodes.failed
  await printAndEnd(json ? JSON.stringify({ healthy, findings }) : screen(findings))
})
