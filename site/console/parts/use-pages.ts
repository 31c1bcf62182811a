import { useEffect, useMemo, useState } from 'preact/hooks'
import { createPages, type PageOf, type PagesState } from '../pages.ts'

/** The first page is asked for at once. */
export function usePages<Row, Query>(
  query: Query,
  fetchPage: (
    query: Query,
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<PageOf<Row>>,
) {
  const [state, setState] = useState<PagesState<Row, Query>>()
  const pages = useMemo(() => createPages(query, fetchPage, setState), [])

  useEffect(() => {
    void pages.find(query)
    return pages.stop
  }, [])

  return { pages, state: state ?? first(query) }
}

const first = <Query>(query: Query) => ({
  query,
  rows: [],
  page: 1,
  hasNext: false,
  isLoading: true,
  isLoaded: false,
  error: undefined,
})
