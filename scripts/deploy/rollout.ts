import { applyMigrations } from '../migrations/apply.ts'
import type { DeployOptions } from './options.ts'
import type { Ground } from './preflight.ts'
import { isAnswered, smoke, watch } from './smoke.ts'
import { messageOf, type Standing, verifiedMessageOf } from './standing.ts'
import { requireWorkersRole } from './workers-role.ts'

/** What the deploy has done so far, for the report when it fails. */
export type Progress = {
  step: 'migrate' | 'upload' | 'smoke' | 'promote' | 'verify' | 'done'
  applied: string[]
  versionId?: string
  /** Whether the new version has been part of a deployment: then there is something to take back. */
  isDeployed: boolean
  /** Domains and cron triggers, which no rollback takes back. */
  hasTriggers: boolean
}

export type Rollout = {
  ground: Ground
  options: DeployOptions
  standing: Standing
  progress: Progress
  log: (line: string) => void
  stop: AbortSignal
  /** Throws CommandError when another deploy may be at work. */
  requireLock: () => Promise<void>
}

/**
 * Schema first, then code: the old version runs on the new schema, because migrations only add, and the
 * new version gets no requests before it has passed the smoke test. Keeps `progress` up to date. Throws
 * CommandError. rollback.ts undoes it.
 */
export async function rollOut(rollout: Rollout): Promise<void> {
  await migrate(rollout)
  const versionId = await upload(rollout)
  await promote(rollout, versionId)
  await verify(rollout, versionId)
  rollout.progress.step = 'done'
}

async function migrate({ ground, progress, log, stop }: Rollout): Promise<void> {
  await applyMigrations(ground.ownerUrl, {
    onApplied: (tag, milliseconds) => {
      progress.applied.push(tag)
      log(`  migrated  ${tag}  ${milliseconds.toFixed(0)} ms`)
    },
    onRetry: (failure) => log(`${failure}\nTrying again.`),
  })
  stop.throwIfAborted()
  await requireWorkersRole(ground)
}

async function upload({ ground, options, standing, progress, log, stop }: Rollout) {
  const { wrangler, commit } = ground
  const isFirst = standing.begun === undefined && standing.stable === undefined
  progress.step = 'upload'
  const versionId =
    standing.begun ??
    (await wrangler[isFirst ? 'create' : 'upload'](
      commit,
      `Deploy ${commit.slice(0, 12)}`,
      options.secretsFile,
    ))

  progress.versionId = versionId
  progress.isDeployed = isFirst || standing.begun !== undefined
  log(
    standing.begun === undefined
      ? `  uploaded  version ${versionId}`
      : `  going on  version ${versionId}, which has ${standing.percentage} % of the requests`,
  )
  stop.throwIfAborted()
  return versionId
}

async function promote(rollout: Rollout, versionId: string): Promise<void> {
  const { ground, options, standing, progress, log, stop, requireLock } = rollout
  const { cloudflare, commit } = ground
  const { stable, percentage } = standing
  const share = async (part: number) => {
    await requireLock()
    await cloudflare.deploy(
      part === 100 || stable === undefined
        ? [[versionId, 100]]
        : [
            [stable, 100 - part],
            [versionId, part],
          ],
      messageOf(commit, versionId),
    )
  }

  if (stable === undefined || percentage === 100) {
    return
  }
  if (standing.begun === undefined) {
    // Set before the call, which may take effect and still fail.
    progress.isDeployed = true
    await share(0)
  }
  if (!(await isAnswered(ground.url))) {
    // The domain is new, or an earlier run did not get it: without it there is nothing to smoke test.
    await applyTriggers(rollout)
  }
  progress.step = 'smoke'
  await smoke({ ...ground, waitMs: options.waitMs, stop }, versionId, { byHeader: true })
  log('  smoked    it answers and reads, with 0 % of the requests')
  stop.throwIfAborted()

  progress.step = 'promote'
  for (const part of [...options.steps.filter((step) => step > percentage), 100]) {
    await share(part)
    log(`  promoted  to ${part} % of the requests`)
    if (part < 100) {
      await watch({ ...ground, waitMs: options.waitMs, stop }, options.pauseMs)
    }
    stop.throwIfAborted()
  }
}

async function verify(rollout: Rollout, versionId: string): Promise<void> {
  const { ground, options, standing, progress, log, stop } = rollout
  progress.step = 'verify'
  if (!standing.isVerified) {
    await applyTriggers(rollout)
  }
  await smoke({ ...ground, waitMs: options.waitMs, stop }, versionId, { byHeader: false })
  log(`  verified  ${ground.url} answers with it`)
  if (!standing.isVerified) {
    // It tells the next run that this version is verified and must not be rolled back.
    await ground.cloudflare
      .deploy([[versionId, 100]], verifiedMessageOf(ground.commit, versionId))
      .catch((error: Error) => log(`That it works could not be written down: ${error.message}`))
  }
}

/** Deploying a version does not change domains, cron triggers and log settings, so this does. */
async function applyTriggers({ ground, standing, progress }: Rollout): Promise<void> {
  if (standing.begun !== undefined) {
    // wrangler does not apply them when the pages are missing, as in a fresh checkout.
    await ground.wrangler.build()
  }
  progress.hasTriggers = true
  await ground.wrangler.applyTriggers()
  await ground.cloudflare.applySettings(ground.settings)
}
