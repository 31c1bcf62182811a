import { createInterface } from 'node:readline/promises'
import { runChild } from '../command/child.ts'
import { CommandError, exitCodes } from '../command/command.ts'
import type { Deployment } from './cloudflare.ts'
import type { DeployOptions } from './options.ts'
import { commitOf, type Standing } from './standing.ts'

type Order = {
  commit: string
  deployments: readonly Deployment[]
  standing: Standing
  options: Pick<DeployOptions, 'isDryRun' | 'isJson' | 'isSure'>
  log: (line: string) => void
  stop: AbortSignal
}

/**
 * An older commit on the same schema would take the newer one away, and everything would look well: it goes
 * out only when somebody says so. Throws CommandError.
 */
export async function requireNewer(order: Order): Promise<void> {
  const { commit, deployments, standing, options, log, stop } = order
  const { begun, stable } = standing
  const live = begun === undefined && stable ? commitOf(deployments, stable) : undefined
  if (live === undefined || !(await isBefore(commit, live))) {
    return
  }
  const warning = `Commit ${commit.slice(0, 12)} is older than ${live}, which answers now, and would take it away.`
  if (options.isDryRun || options.isSure) {
    log(`  older     ${warning}`)
  } else if (options.isJson || !(await agrees(warning, stop))) {
    throw new CommandError(
      `Nothing was changed. ${warning} Check out the newer one, or repeat this with --yes.`,
      exitCodes.configuration,
    )
  }
}

/** False for a commit that this checkout does not know: of another branch, or of a clone without history. */
const isBefore = (commit: string, other: string): Promise<boolean> =>
  commit.startsWith(other)
    ? Promise.resolve(false)
    : runChild('git', ['merge-base', '--is-ancestor', commit, other]).then(
        () => true,
        () => false,
      )

async function agrees(warning: string, stop: AbortSignal): Promise<boolean> {
  if (!(process.stdin.isTTY && process.stdout.isTTY) || process.env['CI']) {
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question(`${warning} Deploy it? [y/N] `, { signal: stop })
    return /^y(?:es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
