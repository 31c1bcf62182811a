import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished } from 'vitest'
import { raw, test } from './support/neon-endpoint.ts'

const program = join(import.meta.dirname, 'support/cost-server.ts')
const [leastRounds, mostRounds, requests, clients] = [10, 60, 40, 4]

/** A server in a process of its own, and what CPU that takes for a round of requests. */
async function start(kind: 'bare' | 'endpoint', databaseUrl: string) {
  const child = fork(program, [kind, databaseUrl])
  onTestFinished(async () => {
    child.disconnect()
    // Before its database goes.
    await once(child, 'exit')
  })
  const [url] = await once(child, 'message')
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  onTestFinished(() => agent.destroy())

  const headers = { 'Neon-Connection-String': databaseUrl, ...raw }
  const ask = async () => {
    const sent = request(String(url), { agent, method: 'POST', headers })
    sent.end('{"query":"select 1","params":[]}')
    const [answer] = await once(sent, 'response')
    expect(await text(answer)).toContain('"rows":[[')
  }
  const cpu = async () => {
    child.send('cpu')
    const [microseconds] = await once(child, 'message')
    return Number(microseconds)
  }
  return async () => {
    const before = await cpu()
    await Promise.all(Array.from({ length: requests }, ask))
    return (await cpu()) - before
  }
}

describe('select 1 through the endpoint', () => {
  // CPU and not time, and the best of many rounds in turn: other programs take their share of both.
  test('costs at most 1.5 times as much as through the least that can be done', {
    tags: ['slow'],
  }, async ({ database }) => {
    const bare = await start('bare', database.url)
    const endpoint = await start('endpoint', database.url)
    const costs = { bare: [] as number[], endpoint: [] as number[] }

    const ratio = () => Math.min(...costs.endpoint) / Math.min(...costs.bare)

    for (let round = 0; round < leastRounds || (round < mostRounds && ratio() >= 1.5); round += 1) {
      costs.bare.push(await bare())
      costs.endpoint.push(await endpoint())
    }

    expect(ratio()).toBeLessThan(1.5)
  })
})
