/** In US dollars, beyond what each plan includes. */
export const prices = {
  date: '2026-11-29',
  /** Workers Paid: https://developers.cloudflare.com/workers/platform/pricing/ */
  workers: { perMillionRequests: 0.3, perMillionCpuMs: 0.02 },
  /** Neon Launch: https://neon.com/docs/introduction/plans. One CU is one core with 4 GB. */
  neon: { perCuHour: 0.106, perGbToPublicNetwork: 0.1 },
} as const

export type Price = {
  requests: number
  workersCpu: number
  neonCompute: number
  neonTransfer: number
}

type Used = {
  /** Microseconds of CPU per request. */
  workerdUs: number
  postgresUs: number
  bytesFromDatabase: number
}

/**
 * What a million requests cost in US dollars, if Neon's compute is as large as its CPU is busy: a
 * compute that waits costs the same.
 */
export const pricePerMillion = ({ workerdUs, postgresUs, bytesFromDatabase }: Used): Price => ({
  requests: prices.workers.perMillionRequests,
  // A million requests of one microsecond are a thousand milliseconds.
  workersCpu: (workerdUs * 1_000 * prices.workers.perMillionCpuMs) / 1e6,
  neonCompute: (postgresUs / 3_600) * prices.neon.perCuHour,
  neonTransfer: (bytesFromDatabase / 1_000) * prices.neon.perGbToPublicNetwork,
})
