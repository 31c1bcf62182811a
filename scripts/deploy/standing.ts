import type { Deployment } from './wrangler.ts'

/** Where an earlier run of the same deploy has come. */
export type Standing = {
  /** The version to go back to; undefined before the first deploy and when there was no other. */
  stable?: string | undefined
  /** This commit's version, when a run that broke off has deployed it already. */
  begun?: string | undefined
  /** Of the requests, which that one gets. */
  percentage: number
}

/** What a deployment says of itself, so that the next run knows it. At most 120 characters. */
export const messageOf = (commit: string, versionId: string) =>
  `Deploy ${commit.slice(0, 12)}: version ${versionId}`

/**
 * Reads off the deployments, newest first, what there is to go back to and to go on with. What
 * another commit's run has left half-way is not gone on with. With new secrets, nothing is: they go
 * up with a version of their own.
 */
export function readStanding(
  deployments: readonly Deployment[],
  commit: string,
  hasNewSecrets: boolean,
): Standing {
  const [current] = deployments
  const begun = hasNewSecrets
    ? undefined
    : current?.versions.find(({ id }) => current.message === messageOf(commit, id))
  const stable =
    deployments.flatMap(wholeVersion).find((id) => id !== begun?.id) ?? largest(current)

  return {
    stable: stable === begun?.id ? undefined : stable,
    begun: begun?.id,
    percentage: begun?.percentage ?? 0,
  }
}

const wholeVersion = ({ versions }: Deployment) =>
  versions
    .filter(({ percentage }) => percentage === 100 && versions.length === 1)
    .map(({ id }) => id)

const largest = (deployment: Deployment | undefined) =>
  deployment?.versions.toSorted((a, b) => b.percentage - a.percentage)[0]?.id
