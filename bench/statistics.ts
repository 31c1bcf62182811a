export const median = (values: readonly number[]) => percentile(values, 0.5)

/** By the nearest rank, but for an even median, which lies between two. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (index: number) =>
    sorted[Math.min(Math.max(index, 0), sorted.length - 1)] ?? Number.NaN
  const rank = share * sorted.length

  return Number.isInteger(rank) && share === 0.5
    ? (at(rank - 1) + at(rank)) / 2
    : at(Math.ceil(rank) - 1)
}

export const fixed = (value: number, digits: number) => Number(value.toFixed(digits))
