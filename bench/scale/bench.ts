import type { Workerd } from '../../scripts/build/workerd.ts'
import type { startService } from '../contestants.ts'
import type { ScaleServer } from './database.ts'

type Where = Parameters<typeof startService>[3]

export type Bench = {
  stack: AsyncDisposableStack
  stop: AbortSignal
  /** Starts the service, in a folder of this name. */
  start: (name: string, where: Where, stack?: AsyncDisposableStack) => Promise<Workerd>
  folder: string
  server: ScaleServer
  key: string
  rounds: number
  say: (line: string) => void
}
