import { align } from '../table.ts'
import type { Measured } from './measure.ts'

/** What is linear at most doubles; the square of a length is four times as much. */
const suspiciousRatio = 3

/** Below, a request costs what every one costs. */
const leastUs = 2_000

const head = ['input', 'CPU in µs, by length', 'status', 'last ÷ one before', '']

/** The ratio of the last two, each twice as long as the one before it. */
const ratioOf = ({ cells }: Measured) => (cells.at(-1)?.cpuUs ?? 0) / (cells.at(-2)?.cpuUs ?? 1)

const isSuspicious = (measured: Measured) =>
  ratioOf(measured) > suspiciousRatio && (measured.cells.at(-1)?.cpuUs ?? 0) > leastUs

export const inputsTableOf = (all: readonly Measured[]): string =>
  align(
    [
      head,
      ...all.map((measured) => [
        measured.name,
        measured.cells
          .map(({ length, cpuUs }) => `${lengthOf(length)}: ${cpuUs.toFixed(0)}`)
          .join(', '),
        [...new Set(measured.cells.map(({ status }) => status))].join(),
        ratioOf(measured).toFixed(2),
        isSuspicious(measured) ? 'more than its length' : '',
      ]),
    ],
    2,
  )

const lengthOf = (characters: number) =>
  characters < 1024 ? `${characters}` : `${characters / 1024} Ki`
