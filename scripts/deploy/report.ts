import { readStatus } from '../migrations/status.ts'
import type { Ground } from './preflight.ts'
import type { Progress } from './rollout.ts'

export type Report = {
  result: 'planned' | 'deployed' | 'refused' | 'undone' | 'failed' | 'interrupted'
  environment: string
  /** The last step that was begun. */
  step?: string
  commit?: string
  url?: string
  versionId?: string
  previousVersionId?: string
  /** Tags: applied by this run, or, of a plan, to be applied. */
  migrations?: string[]
  /** What happened, and what state code and schema are in. */
  message: string
}

/** What answers now. */
export async function describeCode({ name, cloudflare }: Ground): Promise<string> {
  const deployments = await cloudflare.deployments().catch(() => undefined)
  if (!deployments) {
    return 'Code: Cloudflare does not say what answers now; see `npx wrangler deployments list`, with --env.'
  }
  const [current] = deployments
  const shares = current?.versions.map(({ id, percentage }) => `version ${id} has ${percentage} %`)
  return shares
    ? `Code: ${shares.join(' and ')} of the requests to ${name}.`
    : `Code: ${name} has not been deployed.`
}

/** What the database has now. */
export async function describeSchema(
  { ownerUrl }: Pick<Ground, 'ownerUrl'>,
  { applied }: Pick<Progress, 'applied'>,
): Promise<string> {
  const status = await readStatus(ownerUrl).catch(() => undefined)
  if (!status) {
    return 'Schema: the database does not answer; see `npm run db:status`.'
  }
  const newest = status.migrations.findLast(({ state }) => state !== 'pending')?.tag ?? 'empty'
  const pending = status.migrations.filter(({ state }) => state === 'pending').map(({ tag }) => tag)
  const here = applied.length > 0 ? `, ${applied.length} applied by this run` : ''
  const rest = pending.length > 0 ? `; pending: ${pending.join(', ')}` : ''
  return `Schema: at ${newest}${here}${rest}.`
}
