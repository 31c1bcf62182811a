export type PageOf<Row> = { rows: readonly Row[]; next: string | undefined }

export type PagesState<Row, Query> = {
  query: Query
  rows: readonly Row[]
  /** Counted from 1. */
  page: number
  hasNext: boolean
  isLoading: boolean
  /** Whether the rows are those of the query: not before the first answer. */
  isLoaded: boolean
  error: unknown
}

/**
 * Pages through a list whose cursors only lead on: those of earlier pages are kept for the way back. A
 * request that is no longer wanted is cancelled, and its answer never shown, however late it comes.
 */
export function createPages<Row, Query>(
  query: Query,
  fetchPage: (
    query: Query,
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<PageOf<Row>>,
  show: (state: PagesState<Row, Query>) => void,
) {
  let state: PagesState<Row, Query> = {
    query,
    rows: [],
    page: 1,
    hasNext: false,
    isLoading: false,
    isLoaded: false,
    error: undefined,
  }
  /** Of the pages so far, and of the next. That of the first is none. */
  let cursors: (string | undefined)[] = [undefined]
  let running = new AbortController()

  const set = (part: Partial<PagesState<Row, Query>>) => {
    state = { ...state, ...part }
    show(state)
  }

  async function load(wanted: Query, page: number): Promise<void> {
    running.abort()
    const current = new AbortController()
    running = current
    set({ query: wanted, isLoading: true })
    try {
      const { rows, next } = await fetchPage(wanted, cursors[page - 1], current.signal)
      if (current === running) {
        cursors = [...cursors.slice(0, page), next]
        set({
          rows,
          page,
          hasNext: next !== undefined,
          isLoading: false,
          isLoaded: true,
          error: undefined,
        })
      }
    } catch (error) {
      if (current === running && !current.signal.aborted) {
        set({ isLoading: false, error })
      }
    }
  }

  return {
    /** The first page of another query, or of the same. */
    find(wanted: Query): Promise<void> {
      cursors = [undefined]
      return load(wanted, 1)
    },
    next: (): Promise<void> =>
      state.hasNext ? load(state.query, state.page + 1) : Promise.resolve(),
    previous: (): Promise<void> =>
      state.page > 1 ? load(state.query, state.page - 1) : Promise.resolve(),
    /** The same page, as it is now. */
    reload: (): Promise<void> => load(state.query, state.page),
    /** Without asking: what the console has just written itself. */
    put(isSame: (row: Row) => boolean, row: Row | undefined): void {
      set({
        rows: state.rows.flatMap((each) =>
          isSame(each) ? (row === undefined ? [] : [row]) : [each],
        ),
      })
    },
    stop: (): void => running.abort(),
  }
}
