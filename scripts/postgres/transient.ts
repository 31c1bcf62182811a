/** A lock not had in time, a deadlock, a server that starts or stops, a connection that broke. */
const transientCodes = /^(?:55P03|40P01|40001|57P0[123]|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT)$/

const lostCodes = /^(?:57P0[123]|08\w{3}|ECONN\w+|EPIPE|ETIMEDOUT)$/

/** pg's own, without a code. */
const lostWords = /^Connection terminated|timeout expired$|is not queryable$/

/** Whether the same may well succeed in a moment, and did nothing this time. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error ? transientCodes.test(String(error.code)) : lostWords.test(error.message))

/** Whether the connection is gone, and with it the session, its transaction and its locks. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error ? lostCodes.test(String(error.code)) : lostWords.test(error.message))
