import { inject } from 'vitest'
import { workerEnv } from './worker-bindings.ts'

/** What `cloudflare:workers` has, where Node runs the units of the Worker. */
export const env = workerEnv(inject)
