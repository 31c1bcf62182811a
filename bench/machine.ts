import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { workerdVersion } from '../scripts/build/workerd.ts'

export type Machine = {
  cpu: string
  cores: number
  memoryGiB: number
  os: string
  node: string
  workerd: string
  postgres: string
  /** Of the last minute, before the run: what else the machine did. */
  loadBefore: number
}

export const describeMachine = (postgres: string, loadBefore: number): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  os: `${type()} ${release()}`,
  node: process.versions.node,
  workerd: workerdVersion(),
  postgres,
  loadBefore,
})

export const currentLoad = () => Number(loadavg()[0]?.toFixed(2))
