import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { insertPeople } from '../support/insert-people.ts'
import { residentMiB } from '../support/processes.ts'
import { linkProject } from '../support/project.ts'
import type { Service } from '../support/service.ts'
import { test } from '../support/test.ts'

const count = 1_000_000

const nameOf = (index: number) => `Zo\u00eb ${index} of "Mill\u{1f600}on", Ltd.`
const emailOf = (index: number) => `person.${index}@example.com`

async function writeUsers(file: string): Promise<void> {
  const output = createWriteStream(file)
  for (let index = 0; index < count; index += 1) {
    const line = `${JSON.stringify({ name: nameOf(index), email: emailOf(index) })}\n`
    if (!output.write(line)) {
      await once(output, 'drain')
    }
  }
  output.end()
  await once(output, 'close')
}

/** How many of the users the file holds, each once and as it was. */
async function countUsers(file: string): Promise<number> {
  const seen = new Uint8Array(count)
  let users = 0
  for await (const line of createInterface(createReadStream(file))) {
    const { name, email } = JSON.parse(line)
    const index = Number(email.slice('person.'.length, -'@example.com'.length))
    if (name !== nameOf(index) || email !== emailOf(index) || seen[index] !== 0) {
      throw new Error(`The user ${line} was not expected.`)
    }
    seen[index] = 1
    users += 1
  }
  return users
}

describe('64 commands at once', () => {
  const indexes = Array.from({ length: 64 }, (_, index) => index)
  const records = 5_000

  /** Exit codes and summaries of all, and what others were answered meanwhile. */
  async function runAll(service: Service, commandOf: (index: number) => string[]) {
    const project = await linkProject()
    for (const index of indexes) {
      const users = Array.from({ length: records }, (_, line) => index * records + line)
      const values = users.map((user) => ({ name: nameOf(user), email: emailOf(user) }))
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join('')
      await project.write(`${index}.ndjson`, text)
    }
    const statuses = new Set<number>()
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        statuses.add((await service.request('GET', '/users/1')).status)
      }
    })()
    const ends = await Promise.all(
      indexes.map(async (index) => {
        const command = project.run('node', [...commandOf(index), '--url', service.url.href])
        return [
          await command.ended,
          command
            .output()
            .replace(/,? in [\d.]+ s.*/, '')
            .trim(),
        ]
      }),
    )
    isOver = true
    await reading
    await project.remove()
    // A 503 is honest: 64 processes share the cores with the endpoint, which may find no session in time.
    return { ends, failures: [...statuses].filter((status) => status >= 500 && status !== 503) }
  }

  test('import every file once, while others are served', { timeout: 900_000 }, async ({
    service,
    database,
  }) => {
    const { ends, failures } = await runAll(service, (index) => [
      'scripts/users/import.ts',
      `${index}.ndjson`,
    ])

    const counts = `${records} created, 0 updated, 0 skipped, 0 refused`
    expect(ends).toEqual(
      indexes.map((index) => [
        0,
        `${index}.ndjson is NDJSON in UTF-8, with ${records} records.\n` +
          `Imported ${index}.ndjson: ${counts}`,
      ]),
    )
    expect(await database.query('select count(*)::int from users')).toEqual([
      { count: indexes.length * records },
    ])
    expect(service.logs().join('\n')).not.toMatch(/"status":504/)
    expect(failures).toEqual([])
  })

  test('export every user, while others are served', { timeout: 900_000 }, async ({
    service,
    database,
  }) => {
    await insertPeople(database, 20_000)

    const { ends, failures } = await runAll(service, (index) => [
      'scripts/users/export.ts',
      `${index}.csv`,
    ])

    expect(service.logs().filter((line) => line.includes('brokeOff'))).toEqual([])
    expect(ends).toEqual(indexes.map((index) => [0, `Exported 20000 users to ${index}.csv`]))
    expect(failures).toEqual([])
  })
})

describe('a million users', () => {
  test('go in and come out the same, in constant memory', { timeout: 900_000 }, async ({
    service,
  }) => {
    const project = await linkProject()
    const fileOf = (name: string) => join(project.directory, name)
    await writeUsers(fileOf('users.ndjson'))

    /** Runs a command, and reads the memory of workerd once a second. */
    const run = async (script: string, file: string) => {
      const command = project.run('node', [script, file, '--url', service.url.href])
      const memory: number[] = []
      let code: number | string | undefined
      const ended = command.ended.then((end) => {
        code = end
      })
      while (code === undefined) {
        memory.push(await residentMiB('workerd'))
        await Promise.race([ended, sleep(1_000)])
      }
      console.log(command.output(), `workerd, MiB: ${memory.map(Math.round).join(' ')}`)
      expect(code, command.output()).toBe(0)
      return memory
    }
    const memory = [
      await run('scripts/users/import.ts', 'users.ndjson'),
      await run('scripts/users/export.ts', 'all.ndjson'),
    ]
    const users = await countUsers(fileOf('all.ndjson'))
    await project.remove()

    expect(users).toBe(count)
    for (const readings of memory) {
      const half = readings.length / 2
      const [first, second] = [readings.slice(0, half), readings.slice(half)].map((part) =>
        Math.max(...part),
      )
      // A leak of one byte a user would not show; one of the users themselves is 100 MiB and more.
      expect(second).toBeLessThan((first ?? 0) + 50)
    }
  })
})
