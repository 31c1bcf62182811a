import type { Deployment } from './cloudflare.ts'

/** How far an earlier run of the same deploy has come. */
export type Standing = {
  /** The version to go back to; undefined before the first deploy. */
  stable?: string | undefined
  /** This commit's version, when an earlier run has deployed it. */
  begun?: string | undefined
  /** The percentage of requests that this version gets. */
  percentage: number
  /** Whether that run was completed. */
  isVerified: boolean
}

/** The message of a deployment, from which the next run recognises it. At most 120 characters. */
export const messageOf = (commit: string, versionId: string) =>
  `Deploy ${commit.slice(0, 12)}: version ${versionId}`

/** The same when it has been tried and works. */
export const verifiedMessageOf = (commit: string, versionId: string) =>
  `Deployed ${commit.slice(0, 12)}: version ${versionId}`

/**
 * Finds in the deployments, newest first, the version to go back to, and the version to go on with. A
 * half-way deploy of another commit is not continued. With new secrets no deploy is, because they need a
 * new version.
 */
export function readStanding(
  deployments: readonly Deployment[],
  commit: string,
  hasNewSecrets: boolean,
): Standing {
  const [current] = deployments
  const messages = (id: string) => [messageOf(commit, id), verifiedMessageOf(commit, id)]
  const begun = hasNewSecrets
    ? undefined
    : current?.versions.find(({ id }) => messages(id).includes(current.message))
  const others = [...deployments.flatMap(wholeVersion), ...byShare(current)]

  return {
    stable: others.find((id) => id !== begun?.id),
    begun: begun?.id,
    percentage: begun?.percentage ?? 0,
    isVerified: begun !== undefined && current?.message === verifiedMessageOf(commit, begun.id),
  }
}

/** The beginning of the commit that a version was made of, as the messages of deploys say it. */
export const commitOf = (deployments: readonly Deployment[], versionId: string) =>
  deployments
    .map(({ message }) => /^Deploy(?:ed)? ([0-9a-f]{12}): version (\S+)$/.exec(message))
    .find((said) => said?.[2] === versionId)?.[1]

const wholeVersion = ({ versions }: Deployment) =>
  versions.filter(({ percentage }) => percentage === 100).map(({ id }) => id)

const byShare = (deployment: Deployment | undefined) =>
  (deployment?.versions ?? []).toSorted((a, b) => b.percentage - a.percentage).map(({ id }) => id)
