import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { residentMiB } from '../support/processes.ts'
import { linkProject } from '../support/project.ts'
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

describe('64 imports and 64 exports at once', () => {
  const commands = 64
  const records = 5_000

  test('are all done, each once, and others are served meanwhile', {
    timeout: 900_000,
  }, async ({ service, database }) => {
    const project = await linkProject()
    for (let index = 0; index < commands; index += 1) {
      const users = Array.from({ length: records }, (_, line) => index * records + line)
      const values = users.map((user) => ({ name: nameOf(user), email: emailOf(user) }))
      await project.write(
        `${index}.ndjson`,
        values.map((value) => `${JSON.stringify(value)}\n`).join(''),
      )
    }
    const statuses = new Set<number>()
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        statuses.add((await service.request('GET', '/users/1')).status)
      }
    })()

    const run = async (...args: string[]) => {
      const command = project.run('node', [...args, '--url', service.url.href])
      return [
        await command.ended,
        command
          .output()
          .replace(/in [\d.]+ s.*/, '')
          .trim(),
      ]
    }
    const indexes = Array.from({ length: commands }, (_, index) => index)
    const imported = await Promise.all(
      indexes.map((index) => run('scripts/import.ts', `${index}.ndjson`)),
    )
    const count = await database.query('select count(*)::int from users')
    // Enough for ten pages each, and not for the disk.
    await database.query(
      'delete from users where id > (select id from users order by id offset 20000 limit 1)',
    )
    const exported = await Promise.all(
      indexes.map((index) => run('scripts/export.ts', `${index}.csv`)),
    )
    isOver = true
    await reading
    await project.remove()

    expect(imported).toEqual(
      indexes.map((index) => [
        0,
        `Imported ${index}.ndjson: ${records} created, 0 updated, 0 skipped, 0 refused,`,
      ]),
    )
    expect(count).toEqual([{ count: commands * records }])
    expect(exported).toEqual(indexes.map((index) => [0, `Exported 20001 users to ${index}.csv`]))
    expect([...statuses].filter((status) => status >= 500)).toEqual([])
    expect(service.logs().join('\n')).not.toMatch(/"status":504/)
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
      await run('scripts/import.ts', 'users.ndjson'),
      await run('scripts/export.ts', 'all.ndjson'),
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
