import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Login, type Refused, startApi, unknownError } from './cloudflare/api.ts'
import { Calls } from './cloudflare/calls.ts'
import { installUploader, installWrangler, wranglerEnv } from './cloudflare/cli.ts'
import { startEdge } from './cloudflare/edge.ts'
import { type Deployment, State, type Version, type Worker } from './cloudflare/state.ts'

export type CloudflareOptions = {
  /** What a Worker must know of the network: where the local Neon endpoint is. */
  neonEndpoint: string
  /**
   * A bundled `worker.js`: `deploy` and `versions upload` send it instead of bundling the project,
   * and the `[build]` command does not run. Everything else of the wrangler.toml stays. Without
   * it, wrangler bundles what is in its folder.
   */
  bundle?: string
  /** A deployment takes effect at the edge only so much later. Default 0. */
  propagationMs?: number
  /** Workers that have an address. The first is the one of `url` and all defaults. */
  workers?: readonly string[]
  /**
   * Cloudflare runs a Worker's global scope before it takes it, with the bindings of that version,
   * and refuses one that throws: code 10021. Default true; with false, such a version is taken, and
   * answers "error code: 1101".
   */
  startupCheck?: boolean
}

/** `before` its effect, or `after` it took effect but before wrangler learns so. */
type When = 'before' | 'after'

type Refusal = {
  /** Default 500. wrangler tries a 5xx of an upload again, three times in all. */
  status?: number
  code?: number
  message?: string
  /** Default 'before'. */
  when?: When
  /** Default: every one. */
  times?: number
  /** Only those whose body matches. */
  body?: RegExp
  /** No answer, in place of an error: `hanging()` tells. */
  hangs?: boolean
}

type Traffic = { versionId: string; tag: string | undefined; percentage: number }

export type Cloudflare = {
  /** The production address of the first Worker. */
  url: URL
  urlOf(worker: string): URL
  /** For a wrangler that is not the one in `binDir`: CLOUDFLARE_API_BASE_URL. */
  apiUrl: string
  /** Holds `wrangler`: to be put first on PATH. */
  binDir: string
  /** The same, but one that takes a twentieth of the time and only does what the edge can tell. */
  lightBinDir: string
  /** What such a `wrangler` must have in its environment, PATH apart. */
  env: Record<string, string>

  /** What `wrangler` was called with, in order: `versions upload --tag abc`. */
  calls(): string[]
  /** Exit code of each call, in the order of `calls()`; undefined while it runs or when killed. */
  exitCodes(): (number | undefined)[]
  /** Every change that Cloudflare was asked for and made: `POST scripts/edge-users/versions`. */
  changes(): string[]
  /** The current deployment; empty when nothing is deployed. It says what was decided, even when `propagationMs` is not over. */
  traffic(worker?: string): Traffic[]
  /** Oldest first. */
  versions(worker?: string): Version[]
  /** Oldest first. */
  deployments(worker?: string): Deployment[]
  triggers(worker?: string): { crons: string[]; routes: string[] }
  /** Names of the secrets of the newest version. */
  secrets(worker?: string): string[]
  /** Undefined when there is none of that name. */
  worker(name?: string): Worker | undefined

  /** From now on, `wrangler` finds no credentials. With `bad-token`, Cloudflare refuses the ones it has. */
  logOut(how?: 'no-token' | 'bad-token'): void
  logIn(): void
  /** The next call of `deploy` or `versions upload` sends this `worker.js` (see `bundle`). */
  nextBundle(path: string): void

  /**
   * The next calls that start with `command` (`versions upload`) exit 1: Cloudflare refuses every
   * request of theirs, or, `after`, answers with an error once it has done what the command is for
   * (`deploy`: the deployment, but not yet its triggers). `output` is the API's message. A call that
   * asks nothing of Cloudflare is not touched.
   */
  fail(
    command: string,
    fault?: { when?: When; nth?: number; times?: number; output?: string },
  ): void
  /**
   * The `nth` call (default the next) that starts with `command` never gets an answer. It ends when
   * the process that started it is gone, or at `close()`.
   */
  hang(command: string, fault?: { when?: When; nth?: number }): void
  /** Resolves, with how many hang, once a call does. */
  hanging(): Promise<number>
  /**
   * Refuses single requests to the API, of wrangler or of the deploy itself: `refuse('PUT',
   * /\/schedules$/)`. With `when: 'after'` and
   * `times: 1`, an upload whose answer is lost is tried again by wrangler: two versions of one tag.
   */
  refuse(method: string, path: RegExp, refusal?: Refusal): void
  /** Clears `fail`, `hang` and `refuse` that have not struck. */
  heal(): void

  /** A bad deploy: this version answers 500 to everything. A number counts from 1. */
  breakVersion(version: number | string | 'next', worker?: string): void
  /** It answers well when the override header reached it, and 500 otherwise. */
  breakInProduction(version: number | string | 'next', worker?: string): void
  /** All of the first Worker's answer well again. */
  mendVersions(): void

  close(): Promise<void>
}

/**
 * Cloudflare and its command line for tests of what drives them. `wrangler` is the real one: only
 * the API that it talks to is ours, and behind that, versions run in workerd.
 */
export async function startCloudflare(options: CloudflareOptions): Promise<Cloudflare> {
  const { neonEndpoint, bundle, propagationMs = 0, startupCheck = true } = options
  const { workers: names = ['edge-users', 'edge-users-staging'] } = options
  const [main = ''] = names
  const directory = await mkdtemp(join(tmpdir(), 'cloudflare-'))
  const state = new State()
  const calls = new Calls(directory)
  const bundles: string[] = []
  const controls = {
    login: 'yes' as Login,
    refused: [] as Refused[],
    skipsBuild: bundle !== undefined,
    takeBundle: () => bundles.shift() ?? bundle,
  }
  const network = { NEON_ENDPOINT: neonEndpoint }
  const edge = startEdge({ directory, state, network, propagationMs })
  const check = async (version: Version) => (startupCheck ? edge.start(version) : undefined)
  const api = await startApi({ directory, calls, account: { state, check }, controls })
  const urls = new Map<string, URL>()
  for (const name of names) {
    urls.set(name, await edge.listen(name))
  }

  const workerOf = (name = main): Worker | undefined => state.workers.get(name)
  const urlOf = (name: string): URL => {
    const url = urls.get(name)
    if (!url) {
      throw new TypeError(`No address was asked for ${name}: see the option \`workers\`.`)
    }
    return url
  }
  const spoil = (which: number | string, how: 'everywhere' | 'in production', name = main) => {
    if (which === 'next') {
      state.nextBroken.push({ worker: name, how })
      return
    }
    const found = workerOf(name)?.versions.find(
      ({ id, number }) => id === which || number === which,
    )
    if (!found) {
      throw new TypeError(`${name} has no version ${which}.`)
    }
    found.broken = how
  }

  return {
    url: urlOf(main),
    urlOf,
    apiUrl: `${api.url}/client/v4`,
    binDir: await installWrangler(directory, api.url),
    lightBinDir: await installUploader(directory, api.url),
    env: wranglerEnv(directory),

    calls: () => calls.all.map(({ args }) => args.join(' ')),
    exitCodes: () => calls.all.map((call) => calls.exitCodeOf(call)),
    changes: () => [...calls.changes],
    traffic: (name) =>
      (workerOf(name)?.deployments.at(-1)?.versions ?? []).map(({ version_id, percentage }) => ({
        versionId: version_id,
        tag: workerOf(name)?.versions.find(({ id }) => id === version_id)?.tag,
        percentage,
      })),
    versions: (name) => [...(workerOf(name)?.versions ?? [])],
    deployments: (name) => [...(workerOf(name)?.deployments ?? [])],
    triggers: (name) => {
      const { crons = [], routes = [] } = workerOf(name) ?? {}
      return { crons: [...crons], routes: [...routes] }
    },
    secrets: (name) => Object.keys(workerOf(name)?.versions.at(-1)?.secrets ?? {}).sort(),
    worker: workerOf,

    logOut: (how = 'no-token') => {
      controls.login = how
    },
    logIn: () => {
      controls.login = 'yes'
    },
    nextBundle: (path) => {
      bundles.push(path)
    },

    fail: (command, { when = 'before', nth = 1, times = 1, output: message } = {}) => {
      calls.planned.push({ kind: 'fail', command, when, times, message, skip: nth - 1 })
    },
    hang: (command, { when = 'before', nth = 1 } = {}) => {
      calls.planned.push({ kind: 'hang', command, when, times: 1, skip: nth - 1 })
    },
    hanging: () => calls.untilHanging(),
    refuse: (method, path, refusal = {}) => {
      const { status = 500, code = 10_013, message = unknownError } = refusal
      const { when = 'before', times = Number.POSITIVE_INFINITY, body, hangs = false } = refusal
      controls.refused.push({ method, path, body, status, code, message, when, times, hangs })
    },
    heal: () => {
      calls.planned.length = 0
      controls.refused.length = 0
    },

    breakVersion: (which, name) => spoil(which, 'everywhere', name),
    breakInProduction: (which, name) => spoil(which, 'in production', name),
    mendVersions: () => {
      for (const version of workerOf()?.versions ?? []) {
        version.broken = undefined
      }
    },

    close: async () => {
      await api.close()
      await edge.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
