import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '../scripts/build/runtime.ts'
import { createKey, digestOf } from '../scripts/keys/key.ts'
import { scopes } from '../src/resources.ts'
import { bundleReadable, bundleReference, bundleService } from './bundles.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

/** In the order in which they are measured, which each round begins one further. */
export const contestantNames = ['service', 'handmade', 'floor', 'plain'] as const
export type ContestantName = (typeof contestantNames)[number]

export type Contestants = Record<ContestantName, Workerd> & {
  /** What every one of them accepts. */
  key: string
}

type Where = { url: string; endpoint: { url: string } }

/** Each in a workerd of its own, on the same database. Throws CommandError. */
export async function startContestants(
  stack: AsyncDisposableStack,
  folder: string,
  runtime: Runtime,
  database: Where,
): Promise<Contestants> {
  const key = createKey()
  const startOther = (name: string) => startReference(stack, folder, name, runtime, database, key)

  return {
    service: await startService(stack, join(folder, 'service'), runtime, database, key),
    handmade: await startOther('handmade'),
    floor: await startOther('floor'),
    plain: await startOther('plain'),
    key,
  }
}

/** What the service is compared with. */
export async function startReference(
  stack: AsyncDisposableStack,
  folder: string,
  name: string,
  runtime: Runtime,
  database: Where,
  key: string,
): Promise<Workerd> {
  return startWorkerd(stack, {
    main: await bundleReference(join(folder, name), name, runtime),
    runtime,
    variables: { ...variablesOf(database), API_KEY: key },
  })
}

type ServiceOptions = {
  /** For a profile, which tells functions by their names. */
  isReadable?: boolean
  /** Keys of others. */
  otherKeys?: readonly string[]
  /** Puts the bundle into the folder, and returns its file. */
  bundle?: (folder: string) => Promise<string>
  /** Beside those that every run has. */
  variables?: Record<string, string>
}

/** With everything switched on. */
export async function startService(
  stack: AsyncDisposableStack,
  folder: string,
  runtime: Runtime,
  database: Where,
  key: string,
  {
    isReadable = false,
    otherKeys = [],
    bundle = isReadable ? bundleReadable : bundleService,
    variables = {},
  }: ServiceOptions = {},
): Promise<Workerd> {
  const main = await bundle(folder)
  const assets = join(folder, 'pages')
  await cp('dist/pages', assets, { recursive: true })
  const entries = [key, ...otherKeys].map((each, index) => ({
    name: `bench-${index}`,
    digest: digestOf(each),
    scopes,
  }))

  return startWorkerd(stack, {
    main,
    runtime,
    variables: {
      ...variablesOf(database),
      AUTH: 'keys',
      API_KEYS: JSON.stringify(entries),
      ...variables,
    },
    objects: { CF_VERSION_METADATA: { id: 'bench', tag: '', timestamp: '' } },
    assets,
    hasInspector: isReadable,
    limits: ['CALLERS', 'BULK', 'SEARCHES', 'ADDRESSES'].map((of) => `RATE_LIMIT_${of}`),
  })
}

const variablesOf = ({ url, endpoint }: Where) => ({
  DATABASE_URL: url,
  NEON_ENDPOINT: endpoint.url,
})
