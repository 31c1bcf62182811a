import type { Database } from './client.ts'

/**
 * Keeps what `build` makes for a database and a form, so that no request builds it anew: to build a
 * query takes longer than to run it. `form` is what its text depends on: of few values, as all are
 * kept. What comes from a request goes into placeholders.
 */
export function prepared<Form extends readonly (string | boolean)[], Query>(
  build: (db: Database, ...form: Form) => Query,
): (db: Database, ...form: Form) => Query {
  const ofDatabase = new WeakMap<Database, Map<string, Query>>()

  return (db, ...form) => {
    const known = ofDatabase.get(db) ?? new Map<string, Query>()
    ofDatabase.set(db, known)
    const key = form.join()
    const query = known.get(key) ?? build(db, ...form)
    known.set(key, query)
    return query
  }
}
