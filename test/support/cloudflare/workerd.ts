import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startWorkerd } from '../workerd.ts'
import type { Version } from './state.ts'

export type Running = { port: number; close(): Promise<void> }

/** Rejects, with what workerd says, when the global scope of the Worker throws. */
export async function runVersion(
  directory: string,
  version: Version,
  network: Record<string, string>,
): Promise<Running> {
  const folder = await mkdtemp(join(directory, 'version-'))
  await Promise.all(
    version.modules.map(({ content }, index) => writeFile(join(folder, `${index}`), content)),
  )
  await writeFile(join(folder, 'config.capnp'), configOf(version, network))
  return startWorkerd(join(folder, 'config.capnp'))
}

const quote = (text: string): string => JSON.stringify(text)

const configOf = (version: Version, network: Record<string, string>): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modulesOf(version).join(', ')}],
  compatibilityDate = ${quote(version.compatibilityDate)},
  compatibilityFlags = [${version.compatibilityFlags.map(quote).join(', ')}],
  bindings = [${bindingsOf(version, network).join(', ')}],
);
`

/** workerd takes the first module for the main one. */
const modulesOf = ({ modules, mainModule }: Version): string[] =>
  modules
    .map(({ name, type }, index) => {
      const kind = type.startsWith('application/javascript+module') ? 'esModule' : 'text'
      return {
        isMain: name === mainModule,
        line: `(name = ${quote(name)}, ${kind} = embed "${index}")`,
      }
    })
    .sort((one, other) => Number(other.isMain) - Number(one.isMain))
    .map(({ line }) => line)

/** Without assets and rate limits, which workerd alone does not have. */
function bindingsOf(version: Version, network: Record<string, string>): string[] {
  const text = (name: string, value: string) => `(name = ${quote(name)}, text = ${quote(value)})`
  const json = (name: string, value: unknown) =>
    `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`
  const { id, tag = '', createdOn: timestamp, secrets } = version

  return [
    ...Object.entries({ ...network, ...secrets }).map(([name, value]) => text(name, value)),
    ...version.bindings.flatMap(({ name, type, text: value, json: object }) => {
      switch (type) {
        case 'plain_text':
          return [text(name, value ?? '')]
        case 'json':
          return [json(name, object)]
        case 'version_metadata':
          return [json(name, { id, tag, timestamp })]
        default:
          return []
      }
    }),
  ]
}
