import { glob, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { expectFree } from './ports.ts'
import { type Command, linkProject, type Project } from './project.ts'

export type Dev = {
  /** As the banner names it. */
  url: URL
  command: Command
  project: Project
  close(): Promise<void>
}

/** `npm run dev` in a folder of its own, as on a machine whose umask hides nothing. */
export async function startDev(port: number, variables = ''): Promise<Dev> {
  const project = await linkProject()
  if (variables !== '') {
    await project.write('.dev.vars', variables)
  }
  const dev = ['scripts/dev/dev.ts', '--port', String(port)]
  const command = project.run('sh', ['-c', 'umask 0; exec node "$@"', 'sh', ...dev])
  await command.prints(/^ {2}api {7}/m)
  return {
    url: new URL(`http://localhost:${port}`),
    command,
    project,
    close: async () => {
      command.child.kill('SIGINT')
      await command.ended
      await project.remove()
    },
  }
}

/** Of the PostgreSQL that it has started. */
export async function postmasterOf({ directory }: Project): Promise<number> {
  const [file = ''] = await Array.fromAsync(
    glob(join(directory, '.data/postgres/**/postmaster.pid')),
  )
  return Number.parseInt(await readFile(file, 'utf8'), 10)
}

export async function expectNothingLeft(
  { directory }: Project,
  ports: readonly number[],
): Promise<void> {
  for (const each of ports) {
    await expectFree(each)
  }
  expect(await readdir(join(directory, '.data'))).toEqual(['postgres'])
}

/** Every TCP port on which a command or a process below it listens. Of Linux. */
export async function portsOf({ child }: Command): Promise<number[]> {
  const stats = await Array.fromAsync(glob('/proc/[0-9]*/stat'), (file) =>
    readFile(file, 'utf8').catch(() => ''),
  )
  const parents = new Map(
    stats.map((stat) => {
      const [, pid, parent] = /^(\d+) \(.*\) \S (\d+)/s.exec(stat) ?? []
      return [Number(pid), Number(parent)]
    }),
  )
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === child.pid || isBelow(parents.get(pid)))
  const sockets = await Promise.all([...parents.keys()].filter(isBelow).map(socketsOf))
  const listening = await Promise.all(['tcp', 'tcp6'].map(listenersOf))

  return listening
    .flat()
    .filter(({ inode }) => sockets.flat().includes(inode))
    .map(({ port }) => port)
}

const socketsOf = async (pid: number) => {
  const links = await Array.fromAsync(glob(`/proc/${pid}/fd/*`), (file) =>
    readlink(file).catch(() => ''),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

const listenState = '0A'

const listenersOf = async (protocol: string) =>
  (await readFile(`/proc/net/${protocol}`, 'utf8')).split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    return state === listenState
      ? [{ port: Number.parseInt(local.split(':')[1] ?? '', 16), inode }]
      : []
  })
