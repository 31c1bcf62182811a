import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import * as z from 'zod'
import { linkProject, type Project } from './project.ts'
import { test as withDatabase } from './test.ts'

const Report = z.strictObject({
  healthy: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string(),
      level: z.enum(['ok', 'warning', 'fault']),
      message: z.string(),
    }),
  ),
})

/** In `.data`: by it a running `npm run dev` is known. */
export const runningFolder = join('.data', `wrangler-${process.pid}`)

/**
 * A `project` whose `npm run dev` seems to run, so that it does not matter who has the ports of this
 * machine, beside the `database` of the file.
 */
export const test = withDatabase
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    await project.link('package-lock.json')
    await mkdir(join(project.directory, runningFolder), { recursive: true })
    return project
  })

/** Runs the command. No password and no key is ever printed: those of the tests are called canary. */
export async function doctor(
  project: Project,
  env: Record<string, string> = {},
  ...options: string[]
): Promise<{ code: number | string; output: string }> {
  const command = project.run('node', ['scripts/doctor/doctor.js', ...options], env)
  const code = await command.ended
  expect(command.output()).not.toMatch(/canary/i)
  return { code, output: command.output() }
}

export async function findings(project: Project, env?: Record<string, string>) {
  const { code, output } = await doctor(project, env, '--json')
  const report = Report.parse(JSON.parse(output))
  expect(report.healthy).toBe(report.findings.every(({ level }) => level !== 'fault'))
  expect(code).toBe(report.healthy ? 0 : 1)
  return report.findings
}

export const found = (check: string, level: string, message: RegExp) =>
  expect.objectContaining({ check, level, message: expect.stringMatching(message) })

/** A database that nothing listens for: it is refused at once. */
export const away = 'postgresql://user:canary@127.0.0.1:1/db'

export async function listen(server: Server, atEnd = onTestFinished): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => void server.close())
  return Number(Object(server.address()).port)
}
