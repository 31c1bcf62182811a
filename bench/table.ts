import type { Cell } from './measure.ts'
import { type Price, prices } from './prices.ts'
import { type Results, sumOf, type Takes } from './results.ts'

const head = [
  'operation',
  'contestant',
  'req/s',
  'p50 ms',
  'p99 ms',
  'Worker µs',
  'endpoint µs',
  'PostgreSQL µs',
  'all µs',
  'service: workerd',
  'PostgreSQL',
  'all',
  'min-max',
  'round trips',
  'answer B',
  'to db B',
  'from db B',
  '$ a million',
]

/** What people read: medians of the rounds, CPU and bytes per request. */
export function tableOf({ operations, machine, options }: Results): string {
  const rows = operations.flatMap(({ operation, contestants }) =>
    contestants.map(({ contestant, medians, serviceTakes, millionCosts }, index) => [
      index === 0 ? operation : '',
      contestant,
      ...figuresOf(medians, contestant === 'service' ? undefined : serviceTakes),
      costOf(millionCosts),
    ]),
  )
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.os}, ` +
      `load before ${machine.loadBefore}`,
    `Node ${machine.node}, workerd ${machine.workerd}, PostgreSQL ${machine.postgres}`,
    `${options.users} users, ${options.concurrency} requests at once, ` +
      `${options.rounds} rounds of ${options.seconds} s each; rate limits answer a constant`,
    ...(machine.loadBefore > machine.cores / 2
      ? ['The machine was busy with other things: these figures are rough.']
      : []),
    '',
    align([head, ...rows], 2),
    '',
    'Microseconds are of CPU per request; "service" takes so many times that of this contestant.',
    `Prices of Workers and Neon are of ${prices.date} (bench/prices.ts), beyond what the plans include.`,
  ].join('\n')
}

const figuresOf = (cell: Cell, takes: Takes | undefined) => [
  String(cell.requestsPerSecond),
  cell.p50Ms.toFixed(2),
  cell.p99Ms.toFixed(2),
  ...[cell.cpuUs, cell.endpointUs, cell.postgresUs, sumOf(cell, 'all')].map(
    (cpu) => cpu?.toFixed(0) ?? 'not told',
  ),
  ...[takes?.workerd, takes?.postgres, takes?.all].map((ratio) =>
    ratio ? `${ratio.median.toFixed(2)} ×` : '',
  ),
  takes?.all ? `${takes.all.min.toFixed(2)}-${takes.all.max.toFixed(2)}` : '',
  String(cell.roundTrips),
  String(cell.answerBytes),
  String(cell.bytesToDatabase),
  String(cell.bytesFromDatabase),
]

const costOf = (price: Price | null) =>
  price === null
    ? ''
    : Object.values(price)
        .reduce((sum, part) => sum + part, 0)
        .toFixed(2)

/** The first columns are words and begin at the left, the others are figures. */
export function align(rows: readonly (readonly string[])[], words: number): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const pad = (text: string, column: number) =>
    column < words ? text.padEnd(widths?.[column] ?? 0) : text.padStart(widths?.[column] ?? 0)

  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
