/** In the language and the time zone of the reader. */
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const exactMoments = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const numbers = new Intl.NumberFormat()

export const formatMoment = (moment: string): string => moments.format(new Date(moment))
export const formatExactMoment = (moment: string): string => exactMoments.format(new Date(moment))
export const formatNumber = (count: number): string => numbers.format(count)

export const formatCount = (count: number, one: string, many: string): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

export function formatBytes(bytes: number): string {
  const steps: [number, string][] = [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ]
  const [size, unit] = steps.find(([step]) => bytes >= step) ?? [1, 'bytes']
  return `${numbers.format(size === 1 ? bytes : Math.round((bytes / size) * 10) / 10)} ${unit}`
}

/** In code points, as the service counts. */
export const lengthOf = (text: string): number => [...text].length
