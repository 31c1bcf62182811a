import type { Refusal } from '../../../scripts/users/import/parts.ts'
import { sentence } from '../failure.ts'
import { formatNumber } from '../format.ts'

type Props = { caption: string; count: number; refusals: readonly Refusal[] }

const most = 200

export const RefusedTable = ({ caption, count, refusals }: Props) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard (WCAG 2.1.1).
  <section class="table scrolls" tabIndex={0} aria-label={caption}>
    <table>
      <caption>
        {caption}
        {count > most && `: the first ${most} of ${formatNumber(count)}`}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="col-id">
            Line
          </th>
          <th scope="col">What is wrong</th>
        </tr>
      </thead>
      <tbody>
        {refusals.slice(0, most).map(({ line, pointer, detail }) => (
          <tr key={line}>
            <td class="col-id">{line}</td>
            <td>{sentence(pointer === '' ? `It ${detail}` : `${pointer.slice(1)} ${detail}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
