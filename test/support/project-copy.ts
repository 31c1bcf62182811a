import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const left = ['node_modules', '.git', '.data', '.dev.vars', '.wrangler', 'dist']

export type ProjectCopy = {
  directory: string
  /** Rejects with what the program printed, when it ends otherwise than well. */
  run(program: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }>
  remove(): Promise<void>
}

/** All that the repository holds, to be changed at will. */
export async function copyProject(): Promise<ProjectCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-copy-'))
  await cp('.', directory, {
    recursive: true,
    filter: (source) => !left.includes(basename(source)),
  })
  await symlink(resolve('node_modules'), join(directory, 'node_modules'))
  return {
    directory,
    run: (program, ...args) =>
      promisify(execFile)(program, args, { cwd: directory, maxBuffer: 2 ** 26 }).catch(
        ({ stdout, stderr }) => {
          throw new Error(`${program} ${args.join(' ')} has failed:\n${stdout}${stderr}`)
        },
      ),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
