import type { PagesState } from '../pages.ts'

type Props = {
  state: Pick<PagesState<unknown, unknown>, 'page' | 'hasNext' | 'isLoading'>
  next: () => void
  previous: () => void
}

/** Stays where it is at both ends: a button that goes away takes the focus with it. */
export const Pager = ({ state: { page, hasNext }, next, previous }: Props) =>
  page === 1 && !hasNext ? null : (
    <nav class="pager" aria-label="Pages">
      <button type="button" aria-disabled={page === 1} onClick={previous}>
        <span aria-hidden="true">←</span> Previous
      </button>
      <span>Page {page}</span>
      <button type="button" aria-disabled={!hasNext} onClick={next}>
        Next <span aria-hidden="true">→</span>
      </button>
    </nav>
  )
