import { glob, readFile, readlink } from 'node:fs/promises'
import { type Command, linkProject } from './project.ts'

export type Dev = {
  /** As the banner names it. */
  url: URL
  command: Command
  close(): Promise<void>
}

/** `npm run dev` in a folder of its own. */
export async function startDev(port: number, variables = ''): Promise<Dev> {
  const project = await linkProject()
  if (variables !== '') {
    await project.write('.dev.vars', variables)
  }
  const command = project.run('node', ['scripts/dev.ts', '--port', String(port)])
  await command.prints(/^ {2}api {7}/m)
  return {
    url: new URL(`http://localhost:${port}`),
    command,
    close: async () => {
      command.child.kill('SIGINT')
      await command.ended
      await project.remove()
    },
  }
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
