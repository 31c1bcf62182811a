import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the layers tell each other about the current request, without passing it through each call.
 */
export type RequestContext = {
  /** As the log names them; nobody where nobody asks, as the hourly trigger. */
  requestId: string | null
  caller: string
  /** Whether carrying the request out twice has the same effect as once. */
  isRepeatable: boolean
  /** Whether it may be slow by itself, so that slowness is no sign of a sick database. */
  isCostly: boolean
  /** How often the database was asked, and how long that took in all. */
  attempts: number
  databaseMs: number
}

export const requestContext = new AsyncLocalStorage<RequestContext>()

export const newContext = (
  isRepeatable: boolean,
  requestId: string | null = null,
): RequestContext => ({
  requestId,
  caller: 'service',
  isRepeatable,
  isCostly: false,
  attempts: 0,
  databaseMs: 0,
})

/** Called before the database is asked. */
export function describeRequest(
  known: Partial<Pick<RequestContext, 'isRepeatable' | 'isCostly' | 'caller'>>,
): void {
  Object.assign(requestContext.getStore() ?? {}, known)
}

/** For callbacks that the runtime calls later, outside the request. */
export const contextToKeep = () => AsyncLocalStorage.snapshot()
