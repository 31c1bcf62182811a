import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter } from 'vitest/node'

const most = 10
const secondsWithoutReason = 10

/** Ends the run with its slowest files: of `npm test -- --slow`, see scripts/test.sh. */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: Parameters<NonNullable<Reporter['onTestRunEnd']>>[0]): void {
    const files = modules.map((module) => {
      const { collectDuration, duration } = module.diagnostic()
      return { path: module.moduleId, seconds: (collectDuration + duration) / 1_000 }
    })
    const slowest = files.sort((one, other) => other.seconds - one.seconds).slice(0, most)
    const lines = slowest.map(({ path, seconds }) => {
      const isUnexplained = seconds > secondsWithoutReason && !beginsWithComment(path)
      const note = isUnexplained ? '  (say why in a comment at its top)' : ''
      return `${seconds.toFixed(1).padStart(7)} s  ${relative('', path)}${note}`
    })
    console.log(['The slowest files:', ...lines, ''].join('\n'))
  }
}

const beginsWithComment = (path: string) => /^\s*\/[/*]/.test(readFileSync(path, 'utf8'))
