import { fixed } from '../statistics.ts'
import type { BulkResult } from './bulk.ts'

/** What issue 8 asks for. */
const goals = { import: 1 / 2, export: 1 / 6 }

export const roundedBulk = (bulk: BulkResult): BulkResult => ({
  ...bulk,
  import: roundedDirection(bulk.import),
  export: roundedDirection(bulk.export),
})

const roundedDirection = ({
  apiSeconds,
  copySeconds,
  share,
  workerdCpuMs,
}: BulkResult['import']) => ({
  apiSeconds: fixed(apiSeconds, 2),
  copySeconds: fixed(copySeconds, 2),
  share: fixed(share, 3),
  workerdCpuMs: workerdCpuMs === null ? null : fixed(workerdCpuMs, 2),
})

/** What people read. */
export const bulkReport = (bulk: BulkResult): string =>
  [
    '',
    ...(['import', 'export'] as const).map((direction) => {
      const { apiSeconds, copySeconds, share } = bulk[direction]
      return (
        `${direction} of ${bulk.users.toLocaleString('en')} users: ${apiSeconds} s, by COPY ` +
        `${copySeconds} s: ${share} of its speed, where ${goals[direction].toFixed(2)} is the ` +
        `goal${share >= goals[direction] ? '' : ': MISSED'}`
      )
    }),
  ].join('\n')
