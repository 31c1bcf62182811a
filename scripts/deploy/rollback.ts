import type { DeployOptions } from './options.ts'
import type { Progress, Rollout } from './rollout.ts'
import { waitUntilReady } from './smoke.ts'

/** Undoes a failed deploy: gives all traffic back to the version before, if there is one. */
export async function rollBack(error: unknown, rollout: Rollout) {
  const { ground, options, standing, progress, log, stop } = rollout
  // Ctrl-C reaches wrangler too, which then fails.
  if (stop.aborted) {
    return { result: 'interrupted', why: `Stopped during ${progress.step}.` } as const
  }
  const why = `It failed at ${progress.step}: ${reasonOf(error)}`
  const { stable, isVerified } = standing
  if (isVerified) {
    const unchanged = 'This version was deployed and tried before, so it was left as it is.'
    return { result: 'failed', why: `${why} ${unchanged}` } as const
  }
  if (!progress.isDeployed || stable === undefined) {
    return { result: 'failed', why } as const
  }
  log(`${why}\n  going back  to version ${stable}`)
  try {
    const message = `Back from ${ground.commit.slice(0, 12)}: ${progress.step} failed`
    await ground.cloudflare.rollBack(stable, message)
    // Only readiness is checked: the version worked before, and the fault may be the key's.
    await waitUntilReady({ ...ground, waitMs: options.waitMs }, stable)
    return { result: 'undone', why: `${why} ${whatIsBack(stable, progress, options)}` } as const
  } catch (failure) {
    const byHand = `npx wrangler rollback ${stable} --env ${ground.environment}`
    return {
      result: 'failed',
      why: `${why} Going back failed too: ${reasonOf(failure)} Do it by hand: \`${byHand}\`.`,
    } as const
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const whatIsBack = (stable: string, { hasTriggers }: Progress, { secretsFile }: DeployOptions) =>
  [
    `Version ${stable} has every request again, with the secrets that it had.`,
    hasTriggers ? 'Domains, cron triggers and what is logged stay as the new commit has them.' : '',
    secretsFile === undefined
      ? ''
      : `The next version begins with those of ${secretsFile}: repeat with --secrets-file.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
