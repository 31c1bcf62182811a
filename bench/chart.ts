import type { ContestantName } from './contestants.ts'
import { type ContestantResult, type OperationResult, type Results, sumOf } from './results.ts'

const labels: Record<OperationResult['operation'], string> = {
  list: 'list of 50',
  get: 'get',
  create: 'create',
  patch: 'patch',
  search: 'search',
  '401': 'refused (401)',
}

const legend: Record<ContestantName, { text: string; x: number; y: number }> = {
  service: { text: 'this service, everything on', x: 16, y: 42 },
  handmade: { text: 'handmade: its good answers, no library', x: 340, y: 42 },
  floor: { text: 'floor: one fetch, no library', x: 16, y: 62 },
  plain: { text: 'plain: the same stack as templates write it', x: 340, y: 62 },
  recipe: { text: 'the Python recipe, which asks PostgreSQL itself', x: 16, y: 82 },
}

const width = 760
const left = 116
const longestBar = width - left - 150
const barHeight = 16
const gap = 18

/** CPU per request of each contestant, one group of bars an operation. */
export function chartOf({ operations, machine, options }: Results): string {
  const figures = operations.flatMap(({ contestants }) => contestants.map(cpuOf))
  const names = operations[0]?.contestants.map(({ contestant }) => contestant) ?? []
  const top = names.includes('recipe') ? 118 : 98
  const groupHeight = names.length * barHeight + gap
  const height = top + operations.length * groupHeight + 26
  const unit = longestBar / Math.max(1, ...figures)

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">CPU time per request, in microseconds, of the service and of its references</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.heading { font-size: 15px; font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.service { fill: #0969da } .handmade { fill: #74a9de } .floor { fill: #8c959f } .plain { fill: #d4864a } .recipe { fill: #9a6bc4 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 }
.service { fill: #4493f8 } .handmade { fill: #2f5f99 } .floor { fill: #6e7681 } .plain { fill: #db8f52 } .recipe { fill: #a981d0 }
}
</style>
<text class="heading" x="16" y="26">CPU of Worker, endpoint and PostgreSQL per request, in microseconds: less is better</text>
${names
  .map((name) => {
    const { text, x, y } = legend[name]
    return `<rect class="${name}" x="${x}" y="${y}" width="12" height="12" rx="2"/><text x="${x + 18}" y="${y + 11}">${text}</text>`
  })
  .join('\n')}
${operations.map((each, index) => groupOf(each, top + index * groupHeight, unit)).join('\n')}
<text class="small" x="16" y="${height - 12}">${escapeXml(
    `${machine.cpu}, ${machine.cores} cores; workerd ${machine.workerd}; ${options.users} users; ` +
      `medians of ${options.rounds} rounds`,
  )}</text>
</svg>
`
}

function groupOf({ operation, contestants }: OperationResult, y: number, unit: number): string {
  const bars = contestants.map((each, index) => {
    const barTop = y + index * barHeight
    const length = Math.max(1, cpuOf(each) * unit)
    return (
      `<rect class="${each.contestant}" x="${left}" y="${barTop}" width="${length.toFixed(1)}" height="${barHeight - 2}" rx="2"/>` +
      `<text class="small" x="${(left + length + 6).toFixed(1)}" y="${barTop + 11}">${captionOf(each)}</text>`
    )
  })
  const middle = y + (contestants.length * barHeight) / 2 + 3
  return `<text x="16" y="${middle}">${labels[operation]}</text>\n${bars.join('\n')}`
}

const cpuOf = ({ medians }: ContestantResult) => sumOf(medians, 'all') ?? 0

const captionOf = ({ contestant, medians, serviceTakes }: ContestantResult) =>
  [
    sumOf(medians, 'all')?.toFixed(0) ?? 'not told',
    contestant !== 'service' &&
      serviceTakes.all &&
      `(the service: ${serviceTakes.all.median.toFixed(2)} ×)`,
  ]
    .filter(Boolean)
    .join(' ')

export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
