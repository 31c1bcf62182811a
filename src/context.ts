import { AsyncLocalStorage } from 'node:async_hooks'

/** What the layers tell each other of the request at hand, without passing it through each call. */
export type RequestContext = {
  /** Whether to carry the request out twice comes to the same as to do it once. */
  isRepeatable: boolean
  /** How often the database was asked, and how long it took in all. */
  attempts: number
  databaseMs: number
}

export const requestContext = new AsyncLocalStorage<RequestContext>()

/** For what the runtime calls later, from outside of the request. */
export const contextToKeep = () => AsyncLocalStorage.snapshot()
