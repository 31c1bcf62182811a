import type { ProvidedContext } from 'vitest'

type Inject = <Key extends keyof ProvidedContext>(key: Key) => ProvidedContext[Key]

/** The variables of the Worker for its units. */
export const workerEnv = (inject: Inject) => ({
  DATABASE_URL: inject('emptyUrl'),
  NEON_ENDPOINT: inject('endpointUrl'),
  AUTH: 'open',
  DEV_SECRET: '',
})
