import { AsyncLocalStorage } from 'node:async_hooks'

/** What the layers tell each other of the request at hand, without passing it through each call. */
export type RequestContext = {
  /** Whether to carry the request out twice comes to the same as to do it once. */
  isRepeatable: boolean
  /** Whether it may take the database long, which then says nothing of the database. */
  isCostly: boolean
  /** How often the database was asked, and how long it took in all. */
  attempts: number
  databaseMs: number
}

export const requestContext = new AsyncLocalStorage<RequestContext>()

export const newContext = (isRepeatable: boolean): RequestContext => ({
  isRepeatable,
  isCostly: false,
  attempts: 0,
  databaseMs: 0,
})

/** What an operation knows of the request at hand, before it asks the database. */
export function describeRequest(
  known: Partial<Pick<RequestContext, 'isRepeatable' | 'isCostly'>>,
): void {
  Object.assign(requestContext.getStore() ?? {}, known)
}

/** For what the runtime calls later, from outside of the request. */
export const contextToKeep = () => AsyncLocalStorage.snapshot()
