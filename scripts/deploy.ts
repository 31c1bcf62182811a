import { CommandError, exitCodes } from './command.ts'
import { acquireDeployLock } from './deploy/lock.ts'
import { type DeployOptions, readOptions } from './deploy/options.ts'
import { planMigrations } from './deploy/plan.ts'
import { type Ground, inspect } from './deploy/preflight.ts'
import { describeCode, describeSchema, type Report } from './deploy/report.ts'
import { type Progress, rollOut } from './deploy/rollout.ts'
import { waitUntilReady } from './deploy/smoke.ts'
import { readStanding, type Standing } from './deploy/standing.ts'
import { runInterruptible } from './migrations/interruptible.ts'

type Log = (line: string) => void

/** From one commit to production, and back when it does not work there. Throws CommandError. */
async function deploy(options: DeployOptions, log: Log, stop: AbortSignal): Promise<Report> {
  await using stack = new AsyncDisposableStack()
  const ground = await inspect(options, stop)
  const { environment, url, commit, ownerUrl } = ground
  if (!options.isDryRun) {
    await acquireDeployLock(stack, ownerUrl)
  }
  const { pending } = await planMigrations(ownerUrl, stop)
  const standing = readStanding(ground.deployments, commit, options.secretsFile !== undefined)
  const facts = {
    environment,
    url,
    commit,
    ...(standing.stable && { previousVersionId: standing.stable }),
  }

  log(describePlan(ground, standing, pending, options))
  if (options.isDryRun) {
    await ground.wrangler.build()
    return { ...facts, result: 'planned', migrations: pending, message: 'Nothing was changed.' }
  }
  const progress: Progress = { step: 'migrate', applied: [], isDeployed: false }
  const { result, why } = await rollOut({ ground, options, standing, progress, log, stop }).then(
    () =>
      ({ result: 'deployed', why: `Version ${progress.versionId} answers at ${url}.` }) as const,
    (error: unknown) => settle(error, { ground, options, standing, progress, log, stop }),
  )
  return {
    ...facts,
    result,
    step: progress.step,
    ...(progress.versionId && { versionId: progress.versionId }),
    migrations: progress.applied,
    message: [
      why,
      // As Cloudflare says it, not as it was meant; when all went well, they are one.
      result === 'deployed' ? '' : await describeCode(ground),
      await describeSchema(ground, progress),
      nextStep(result, standing, environment),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
  }
}

function describePlan(
  { name, url, commit, wrangler: _, ...ground }: Ground,
  { stable, begun }: Standing,
  pending: readonly string[],
  { steps }: DeployOptions,
): string {
  const path = begun
    ? `go on with version ${begun}`
    : stable
      ? `smoke it at 0 %, promote it${steps.map((step) => ` to ${step} %,`).join('')} to 100 %, else go back to version ${stable}`
      : 'the first deploy: there is nothing to go back to'
  return [
    `  deploy    commit ${commit.slice(0, 12)} as ${name} to ${url}`,
    `  database  ${ground.databaseHost}: ${pending.length === 0 ? 'nothing to migrate' : pending.join(', ')}`,
    `  then      ${path}`,
  ].join('\n')
}

type Failed = {
  ground: Ground
  options: DeployOptions
  standing: Standing
  progress: Progress
  log: Log
  stop: AbortSignal
}

/** Takes the new version out of the traffic again, when it was in it and there is another. */
async function settle(error: unknown, { ground, options, standing, progress, log, stop }: Failed) {
  // Ctrl-C reaches wrangler too, which then fails.
  if (stop.aborted) {
    return { result: 'interrupted', why: `Stopped during ${progress.step}.` } as const
  }
  if (!(error instanceof CommandError)) {
    throw error
  }
  const why = `It failed at ${progress.step}: ${error.message}`
  const { stable } = standing
  if (!progress.isDeployed || stable === undefined) {
    return { result: 'failed', why } as const
  }
  log(`${why}\n  rolling back to version ${stable}`)
  try {
    await ground.wrangler.rollBack(
      stable,
      `Back from ${ground.commit.slice(0, 12)}: ${progress.step} failed`,
    )
    // Of the rest it is known that it worked; the fault may be the key's.
    await waitUntilReady({ ...ground, waitMs: options.waitMs }, stable)
    const secrets = options.secretsFile
      ? `, and with its own secrets: those of ${options.secretsFile} went with the new one`
      : ''
    return { result: 'undone', why: `${why} The version before answers again${secrets}.` } as const
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure)
    const byHand = `npx wrangler rollback ${stable} --env ${ground.environment}`
    return {
      result: 'failed',
      why: `${why} Going back failed too: ${reason} Do it by hand: \`${byHand}\`.`,
    } as const
  }
}

const nextStep = (result: Report['result'], { stable }: Standing, environment: string): string =>
  ({
    deployed: stable
      ? `To go back by hand: \`npx wrangler rollback ${stable} --env ${environment}\`.`
      : '',
    interrupted: 'Run the same again: it goes on from there.',
    undone: 'The version before runs on this schema. Mend the cause, and run the same again.',
    failed: 'Mend the cause, and run the same again.',
    planned: '',
    refused: '',
  })[result]

await runInterruptible(async (stop) => {
  const options = readOptions()
  const log: Log = options.isJson ? console.error : console.log
  const report = await deploy(options, log, stop).catch((error: unknown): Report => {
    if (!options.isJson || !(error instanceof CommandError)) {
      throw error
    }
    process.exitCode = error.exitCode
    return { result: 'refused', environment: options.environment, message: error.message }
  })

  if (options.isJson) {
    console.log(JSON.stringify(report))
  } else {
    console.log(report.message)
  }
  if (report.result === 'interrupted') {
    return
  }
  if (report.result === 'undone' || report.result === 'failed') {
    process.exitCode = exitCodes.failed
  }
})
