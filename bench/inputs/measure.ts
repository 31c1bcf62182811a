import type { Agent } from 'node:http'
import type { Workerd } from '../../scripts/build/workerd.ts'
import { CommandError } from '../../scripts/command/command.ts'
import { cpuTimeOf } from '../cpu.ts'
import { exchange } from '../load.ts'
import type { Input } from './input.ts'

export type Measured = {
  name: string
  /** By length, the shortest first. */
  cells: { length: number; status: number; cpuUs: number }[]
}

const warmUpRequests = 5

/** One that takes long is not asked for so often. */
const enoughUs = 400_000

/** The CPU that one request costs workerd, at each length, of so many requests at most. */
export async function measureInput(
  { name, lengths, send }: Input,
  { url, pid }: Pick<Workerd, 'url' | 'pid'>,
  key: string,
  agent: Agent,
  maxRequests = 20,
): Promise<Measured> {
  const cells: Measured['cells'] = []

  for (const length of lengths) {
    const { method = 'GET', path = '/users', headers, body } = await send(length)
    const request = {
      method,
      path,
      hasKey: true,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    }
    const ask = async () => (await exchange(request, url, key, agent)).status ?? 0
    const status = await ask()
    if (status >= 500) {
      throw new CommandError(`${name} of ${length} characters is answered with status ${status}.`)
    }
    const cpu = async () => (await cpuTimeOf(pid)) ?? 0
    for (let warm = 0, start = await cpu(); warm < warmUpRequests; warm += 1) {
      await ask()
      if ((await cpu()) - start > enoughUs) {
        break
      }
    }
    const start = await cpu()
    let requests = 0
    while (requests < maxRequests && (await cpu()) - start < enoughUs) {
      await ask()
      requests += 1
    }
    cells.push({ length, status, cpuUs: ((await cpu()) - start) / requests })
  }
  return { name, cells }
}
