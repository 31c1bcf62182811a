import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '../scripts/build/runtime.ts'
import { startWorkerd, type Workerd } from '../scripts/build/workerd.ts'
import { createKey, digestOf } from '../scripts/keys/key.ts'
import { scopes } from '../src/resources.ts'
import { bundleReadable, bundleReference, bundleService } from './bundles.ts'
import { startRecipe } from './recipe.ts'

export type ContestantName = 'service' | 'handmade' | 'floor' | 'plain' | 'recipe'

export type Contestant = { name: ContestantName; url: URL; pid: number }

export type Contestants = {
  /** In the order in which they are measured, which each round begins one further. */
  all: readonly Contestant[]
  /** What every one of them accepts. */
  key: string
}

type Where = { url: string; endpoint: { url: string } }

/**
 * Each in a process of its own, on the same database: workerd, and with `hasRecipe` Python as well.
 * Throws CommandError.
 */
export async function startContestants(
  stack: AsyncDisposableStack,
  folder: string,
  runtime: Runtime,
  database: Where,
  hasRecipe: boolean,
): Promise<Contestants> {
  const key = createKey()
  const service = await startService(stack, join(folder, 'service'), runtime, database, key)
  const all: Contestant[] = [{ name: 'service', ...service }]

  for (const name of ['handmade', 'floor', 'plain'] as const) {
    all.push({ name, ...(await startReference(stack, folder, name, runtime, database, key)) })
  }
  if (hasRecipe) {
    all.push({ name: 'recipe', ...(await startRecipe(stack, database, key)) })
  }
  return { all, key }
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
