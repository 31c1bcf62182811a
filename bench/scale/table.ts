import { align } from '../table.ts'
import type { OperationCells, ScaleCell } from './measure.ts'
import { goals, type ScaleResults } from './results.ts'

/** What people read. */
export function scaleTableOf({ machine, tables, operations }: ScaleResults): string {
  const sizes = tables.map(({ users }) => users.toLocaleString('en'))
  const times = [
    ['', ...sizes, 'growth', ''],
    ...operations.map((operation) => [
      operation.name,
      ...operation.cells.map(timeOf),
      `${operation.growth.toFixed(2)} ×`,
      verdictOf(operation),
    ]),
  ]
  const buffers = [
    ['', ...sizes],
    ...operations.map(({ name, cells }) => [
      name,
      ...cells.map((cell) => cell.buffers.toLocaleString('en')),
    ]),
  ]
  const plans = operations.map(({ name, cells }) => [name, cells.at(-1)?.plan ?? ''])
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.os}, ` +
      `load before ${machine.loadBefore}`,
    `Node ${machine.node}, workerd ${machine.workerd}, PostgreSQL ${machine.postgres} with ` +
      `${machine.sharedBuffers} of shared buffers`,
    ...(machine.loadBefore > machine.cores / 2
      ? ['The machine was busy with other things: these figures are rough.']
      : []),
    ...tables.map(
      (table) =>
        `${table.users.toLocaleString('en')} users: loaded in ${table.seconds} s ` +
        `(${table.secondsPerMillion} s a million), ${megabytes(table.tableBytes)} MB and ` +
        `${megabytes(table.indexBytes)} MB of indexes`,
    ),
    '',
    'Milliseconds, median over HTTP:',
    align(times, 1),
    '',
    'Pages of PostgreSQL that a request reads:',
    align(buffers, 1),
    '',
    'Plans of the largest:',
    align(plans, 2),
  ].join('\n')
}

const timeOf = ({ ms, status }: ScaleCell) =>
  `${ms.toFixed(ms < 100 ? 2 : 0)}${status >= 400 ? ` (${status})` : ''}`

const megabytes = (bytes: number) => Math.round(bytes / 1e6)

const verdictOf = ({ isJudged, growth }: OperationCells) =>
  isJudged ? (growth <= goals.growth ? 'good' : 'MISSED') : ''
