import { escapeXml } from '../chart.ts'
import type { OperationCells } from './measure.ts'
import type { ScaleResults } from './results.ts'

const width = 760
const height = 560
const plot = { left: 64, right: 500, top: 64, bottom: 500 }

/** Lists lie on one another: what is to be seen is that they are flat, not which is which. */
const isList = ({ name }: OperationCells) => name.startsWith('list')
const isDeep = ({ name }: OperationCells) => name.endsWith('deep')
const isWalk = ({ name }: OperationCells) => name.endsWith('walk')

const dashOf = (operation: OperationCells) =>
  isDeep(operation) ? ' stroke-dasharray="5 3"' : isWalk(operation) ? ' stroke-dasharray="2 3"' : ''

/** Time against the size of the table, both logarithmic, one line an operation. */
export function scaleChartOf({ tables, operations, machine, date }: ScaleResults): string {
  const sizes = tables.map(({ users }) => Math.log10(users))
  const times = operations.flatMap(({ cells }) => cells.map(({ ms }) => Math.log10(ms)))
  const y = scaleOf(
    Math.floor(Math.min(...times)),
    Math.ceil(Math.max(...times)),
    plot.bottom,
    plot.top,
  )
  const x = scaleOf(Math.min(...sizes), Math.max(...sizes), plot.left, plot.right)
  const colours = coloursOf(operations)
  const pathOf = ({ cells }: OperationCells) =>
    cells
      .map(
        ({ users, ms }, index) =>
          `${index === 0 ? 'M' : 'L'}${x(Math.log10(users)).toFixed(1)} ${y(Math.log10(ms)).toFixed(1)}`,
      )
      .join('')

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Milliseconds of a request over HTTP against the number of users in the table</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.heading { font-size: 15px; font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
${[...new Set(colours.values())].map((hue) => `.${classOf(hue)} { stroke: hsl(${hue} 70% 42%) }`).join('\n')}
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d }
${[...new Set(colours.values())].map((hue) => `.${classOf(hue)} { stroke: hsl(${hue} 70% 62%) }`).join('\n')}
}
</style>
<text class="heading" x="16" y="26">Milliseconds of a request against the users in the table</text>
<text class="small" x="16" y="44">both logarithmic; a flat line is a cost that does not grow; 422 ends a search after 1 s</text>
${ticks(...y.domain)
  .map(
    (power) =>
      `<path class="grid" d="M${plot.left} ${y(power).toFixed(1)}H${plot.right}"/>` +
      `<text class="small" x="${plot.left - 8}" y="${(y(power) + 4).toFixed(1)}" text-anchor="end">${(10 ** power).toLocaleString('en')}</text>`,
  )
  .join('\n')}
${tables
  .map(
    ({ users }) =>
      `<text class="small" x="${x(Math.log10(users)).toFixed(1)}" y="${plot.bottom + 18}" text-anchor="middle">${users.toLocaleString('en')}</text>`,
  )
  .join('\n')}
${operations
  .map(
    (operation) =>
      `<path class="line ${classOf(colours.get(operation) ?? 0)}"${dashOf(operation)} d="${pathOf(operation)}"/>`,
  )
  .join('\n')}
${legendOf(operations, colours)}
<text class="small" x="16" y="${height - 12}">${escapeXml(
    `${machine.cpu}, ${machine.cores} cores; PostgreSQL ${machine.postgres}, ` +
      `${machine.sharedBuffers} of shared buffers; ${date.slice(0, 10)}; medians`,
  )}</text>
</svg>
`
}

/** The slowest first, as the lines end. */
function legendOf(
  operations: readonly OperationCells[],
  colours: ReadonlyMap<OperationCells, number>,
): string {
  const last = ({ cells }: OperationCells) => cells.at(-1)?.ms ?? 0
  return operations
    .toSorted((one, other) => last(other) - last(one))
    .map((operation, index) => {
      const middle = plot.top + 4 + index * 17
      const hue = classOf(colours.get(operation) ?? 0)
      return (
        `<path class="line ${hue}"${dashOf(operation)} d="M${plot.right + 40} ${middle}h26"/>` +
        `<text class="small" x="${plot.right + 74}" y="${middle + 4}">${escapeXml(operation.name)}: ${captionOf(operation)}</text>`
      )
    })
    .join('\n')
}

function captionOf({ cells }: OperationCells): string {
  const last = cells.at(-1)
  const ms = last?.ms ?? 0
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms${last && last.status >= 400 ? ` (${last.status})` : ''}`
}

const coloursOf = (operations: readonly OperationCells[]) => {
  const others = operations.filter((operation) => !isList(operation))
  return new Map(
    operations.map((operation) => [
      operation,
      isList(operation)
        ? { id: 212, name: 190, email: 234 }[columnOf(operation)]
        : Math.round(300 + (others.indexOf(operation) * 200) / others.length) % 360,
    ]),
  )
}

const columnOf = ({ name }: OperationCells) =>
  (['name', 'email'] as const).find((column) => name.includes(column)) ?? 'id'

const classOf = (hue: number) => `hue${hue}`

function scaleOf(min: number, max: number, from: number, to: number) {
  const place = (value: number) => from + ((value - min) / (max - min || 1)) * (to - from)
  return Object.assign(place, { domain: [min, max] as const })
}

const ticks = (min: number, max: number) =>
  Array.from({ length: max - min + 1 }, (_, index) => min + index)
