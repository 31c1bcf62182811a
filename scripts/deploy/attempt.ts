import { CommandError, exitCodes } from '../command/command.ts'
import { acquireDeployLock } from './lock.ts'
import { requireNewer } from './older-commit.ts'
import type { DeployOptions } from './options.ts'
import { planMigrations } from './plan.ts'
import { enterAccount, type Ground, inspect, inspectWorker } from './preflight.ts'
import { describeCode, describeSchema, type Report } from './report.ts'
import { rollBack } from './rollback.ts'
import { type Progress, type Rollout, rollOut } from './rollout.ts'
import { readStanding, type Standing } from './standing.ts'

type Log = (line: string) => void

/** A deploy's end, as the command reports it. */
export type Attempt = { report: Report; exitCode: number }

/**
 * Deploys, and says how it went and with which code to exit. Throws CommandError for what was refused,
 * unless JSON is wanted.
 */
export async function attemptDeploy(
  options: DeployOptions,
  log: Log,
  stop: AbortSignal,
): Promise<Attempt> {
  const { environment } = options
  try {
    const report = await deploy(options, log, stop)
    const hasFailed = report.result === 'undone' || report.result === 'failed'
    return { report, exitCode: hasFailed ? exitCodes.failed : 0 }
  } catch (error) {
    if (stop.aborted) {
      const message = 'Stopped. Nothing was changed.'
      return { report: { result: 'interrupted', environment, message }, exitCode: 0 }
    }
    if (!options.isJson || !(error instanceof CommandError)) {
      throw error
    }
    const { message, exitCode } = error
    return { report: { result: 'refused', environment, message }, exitCode }
  }
}

/** Deploys a commit to production, and rolls back when it does not work there. Throws CommandError. */
async function deploy(options: DeployOptions, log: Log, stop: AbortSignal): Promise<Report> {
  await using stack = new AsyncDisposableStack()
  const preparation = await inspect(options)
  const { environment, url, commit, ownerUrl } = preparation
  // First, because another deploy could change everything that is read next.
  const requireLock = options.isDryRun ? async () => {} : await acquireDeployLock(stack, ownerUrl)
  const ground = await enterAccount(preparation, stop)
  const deployments = await inspectWorker(ground)
  const { pending } = await planMigrations(ownerUrl, stop)
  const standing = readStanding(deployments, commit, options.secretsFile !== undefined)
  await requireNewer({ commit, deployments, standing, options, log, stop })
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
  const progress: Progress = {
    step: 'migrate',
    applied: [],
    isDeployed: false,
    hasTriggers: false,
  }
  const rollout = { ground, options, standing, progress, log, stop, requireLock }
  const { result, why } = await rollOut(rollout).then(
    () =>
      ({ result: 'deployed', why: `Version ${progress.versionId} answers at ${url}.` }) as const,
    (error: unknown) => rollBack(error, rollout),
  )
  return {
    ...facts,
    result,
    step: progress.step,
    ...(progress.versionId && { versionId: progress.versionId }),
    migrations: progress.applied,
    message: [
      why,
      // What Cloudflare says, not what was intended. After a success they are the same.
      result === 'deployed' ? '' : await describeCode(ground),
      await describeSchema(ground, progress),
      nextStep(result, rollout),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
  }
}

function describePlan(
  { name, url, commit, accountId, databaseHost }: Ground,
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
    `  deploy    commit ${commit.slice(0, 12)} as ${name} to ${url}, account ${accountId}`,
    `  database  ${databaseHost}: ${pending.length === 0 ? 'nothing to migrate' : pending.join(', ')}`,
    `  then      ${path}`,
  ].join('\n')
}

const nextStep = (result: Report['result'], { ground, standing, options }: Rollout): string => {
  const { stable } = standing
  const secrets = options.secretsFile === undefined ? '' : ', which brings its older secrets back'
  const command = `\`npx wrangler rollback ${stable} --env ${ground.environment}\``
  const steps: Partial<Record<Report['result'], string>> = {
    deployed: stable ? `To go back by hand: ${command}${secrets}.` : '',
    interrupted: 'Run the same again: it goes on from there.',
    undone:
      'It runs on this schema, as migrations only add. Mend the cause, and run the same again.',
    failed: 'Mend the cause, and run the same again.',
  }
  return steps[result] ?? ''
}
