import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../scripts/build/runtime.ts'
import { stopped } from '../scripts/command/command.ts'
import { createKey } from '../scripts/keys/key.ts'
import { inSession } from '../scripts/postgres/connection.ts'
import { startService } from './contestants.ts'
import { currentLoad } from './machine.ts'
import { ask, newScaleAgent, type ScaleRequest, type Service } from './scale/ask.ts'
import { createScaleDatabase, startScaleServer } from './scale/database.ts'
import { fill } from './scale/fill.ts'
import { percentile } from './statistics.ts'
import { align } from './table.ts'

/** More than the limiter lets through: here it has always room. */
const attackers = 40
const seconds = 15
const users = 1_000_000

/** Each piece of it stands in each of the names, which are gone through a hundred times over. */
const repeated = { name: `${'a'.repeat(195)}baaa`, q: `${'a'.repeat(95)}baaaa` }

/** The dearest of each kind that is known. */
const attacks: Record<string, readonly string[]> = {
  none: [],
  'no trigram': ['?q=...&count=exact', '?q=-.-&sort=name', '?q=...'],
  'frequent trigrams': ['?q=mple.com.exam&count=exact', '?q=mple.com.exam&sort=-name'],
  'repeated trigrams': [`?q=${repeated.q}&count=exact`, `?q=${repeated.q}&sort=email`],
  'starts that stand last': ['?q=zq', '?q=zq&count=exact', '?q=zq&sort=-email', '?q=zq&sort=name'],
  'counts of all': ['?count=exact', '?count=exact&q=example', '?count=exact&q=ma'],
  exports: ['/export?q=...', '/export?q=zq', `/export?q=${repeated.q}`],
}

/** One caller does its worst, while another reads and creates: how do these fare? Prints a table. */
export async function oneCaller(
  stack: AsyncDisposableStack,
  stop: AbortSignal,
  folder: string,
  runtime: Runtime,
): Promise<void> {
  const server = await startScaleServer(stack, [users])
  const database = await createScaleDatabase(server, 'one_caller')
  await Promise.race([fill(database, users, stop), stopped(stop)])
  await addWorst(database.ownerUrl)

  const [attacker, other] = [createKey(), createKey()]
  const { url } = await startService(stack, folder, runtime, database, attacker, {
    otherKeys: [other],
  })
  const rows = [['attack', 'its answers', 'get: p50, p99, worst', 'create: p50, p99, worst', '5xx']]
  for (const [name, paths] of Object.entries({ ...attacks, all: Object.values(attacks).flat() })) {
    stop.throwIfAborted()
    console.error(`${name} …`)
    rows.push([name, ...(await attack(url, attacker, other, paths))])
  }
  console.log(`${users} users, ${attackers} requests at once, a load of ${currentLoad()}`)
  console.log(align(rows, 1))
}

/** The last users of the table. */
const addWorst = (ownerUrl: string) =>
  inSession(ownerUrl, async (client) => {
    await client.query(
      `insert into users (name, email)
       select 'Zq ' || n, 'zq.' || n || '@example.net' from generate_series(1, 20000) as n`,
    )
    await client.query(
      `insert into users (name, email)
       select $1, 'repeated.' || n || '@example.net' from generate_series(1, 20000) as n`,
      [repeated.name],
    )
    await client.query('vacuum (analyze) users')
  })

async function attack(
  url: URL,
  attacker: string,
  other: string,
  paths: readonly string[],
): Promise<string[]> {
  const end = performance.now() + seconds * 1_000
  const isOver = () => performance.now() > end
  const statuses = new Map<number, number>()
  const attacking = paths.length === 0 ? [] : Array.from({ length: attackers }, (_, index) => index)

  const hits = attacking.map(async (index) => {
    const service: Service = { url, key: attacker, agent: newScaleAgent() }
    for (let number = index; !isOver(); number += 1) {
      const path = `/users${paths[number % paths.length]}`
      const status = await ask(service, { method: 'GET', path, isStreamed: true }).then(
        (answer) => answer.status,
        // An export that is broken off.
        () => 0,
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // As an obedient client would, but for the hundredth part.
      await sleep(status === 429 ? 10 : 0)
    }
    service.agent.destroy()
  })
  const gets = repeat(url, other, isOver, (number) => ({
    method: 'GET',
    path: `/users/${1 + ((number * 7_919) % users)}`,
  }))
  const creates = repeat(url, other, isOver, (number) => ({
    method: 'POST',
    path: '/users',
    body: JSON.stringify({ name: 'Ada', email: `ada.${Date.now()}.${number}@example.org` }),
  }))
  const [read, created] = await Promise.all([gets, creates, ...hits])
  const fives = [...read, ...created].filter(({ status }) => status >= 500).length
  const answers = [...statuses].toSorted(([one], [two]) => one - two)
  return [
    answers.map(([status, count]) => `${count} × ${status}`).join(', '),
    timesOf(read),
    timesOf(created),
    `${fives} of ${read.length + created.length}`,
  ]
}

type Timed = { status: number; ms: number }

/** Some twenty a second. */
async function repeat(
  url: URL,
  key: string,
  isOver: () => boolean,
  request: (number: number) => ScaleRequest,
): Promise<Timed[]> {
  const service: Service = { url, key, agent: newScaleAgent() }
  const answers: Timed[] = []
  while (!isOver()) {
    const { status, ms } = await ask(service, request(answers.length))
    answers.push({ status, ms })
    await sleep(40)
  }
  service.agent.destroy()
  return answers
}

function timesOf(answers: readonly Timed[]): string {
  const ms = answers.map((answer) => answer.ms)
  return [percentile(ms, 0.5), percentile(ms, 0.99), Math.max(...ms)]
    .map((value) => value.toFixed(0))
    .join(', ')
}
