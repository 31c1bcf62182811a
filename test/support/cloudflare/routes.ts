import { createHash } from 'node:crypto'
import { accountId as id } from './credentials.ts'
import {
  type Binding,
  deploy,
  isDeployed,
  type State,
  type Upload,
  type Version,
  type Worker,
} from './state.ts'
import { readUpload, resolveBindings } from './upload.ts'

export type ApiRequest = {
  method: string
  /** With the query string. */
  path: string
  contentType: string
  authorization: string
  body: Buffer<ArrayBuffer>
}

export type Account = {
  state: State
  /** What the global scope of a version throws, if it does: Cloudflare runs it before it takes it. */
  check(version: Version): Promise<string | undefined>
}

export class ApiError extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const email = 'deployer@example.com'
const accounts = [{ id, name: 'Account of the stand-in' }]

type Context = Account & ApiRequest & { name: string; rest: string; query: URLSearchParams }

/** The requests that the commands of wrangler make, found in wrangler's sources. */
export async function route(account: Account, request: ApiRequest): Promise<unknown> {
  const url = new URL(request.path, 'http://api')
  const key = `${request.method} ${url.pathname}`
  const known = ofAnyone[key]
  if (known) {
    return known
  }
  if (url.pathname.includes('/workers/tails/by-consumer/')) {
    return []
  }
  const [, kind = '', name = '', rest = ''] =
    /^\/accounts\/\w+\/workers\/(scripts|services|workers)\/([^/]+)(\/.*)?$/.exec(url.pathname) ??
    []
  const [pattern, parameter] = withoutParameter(rest)
  const handler = handlers[`${request.method} ${kind} ${pattern}`]
  if (!handler) {
    throw new ApiError(
      404,
      7003,
      `Could not route to ${key}, perhaps your object identifier is invalid?`,
    )
  }
  return await handler({ ...account, ...request, name, rest: parameter, query: url.searchParams })
}

/** `whoami` of wrangler: `getTokenType`, `getEmail`, `fetchAllAccounts`; `deleteSiteNamespaceIfExisting`. */
const ofAnyone: Record<string, unknown> = {
  'GET /user': { id, email },
  'GET /user/tokens/verify': { id, status: 'active' },
  'GET /accounts': accounts,
  'GET /memberships': accounts.map((account) => ({ id, status: 'accepted', account, roles: [] })),
  [`GET /accounts/${id}/storage/kv/namespaces`]: [],
}

function withoutParameter(rest: string): [pattern: string, parameter: string] {
  const [, pattern, parameter] = /^\/(versions|secrets)\/([^/]+)$/.exec(rest) ?? []
  return pattern && parameter ? [`/${pattern}/*`, decodeURIComponent(parameter)] : [rest, '']
}

const handlers: Record<string, (context: Context) => unknown> = {
  'GET services ': ({ state, name }) => {
    const worker = state.workers.get(name)
    if (!worker) {
      throw new ApiError(404, 10_090, 'This service does not exist on your account.')
    }
    const { tag, settings } = worker
    const script = { id: name, tag, tags: settings['tags'] ?? [], last_deployed_from: 'wrangler' }
    return { id: name, default_environment: { environment: 'production', script } }
  },
  'DELETE services ': (context) => {
    workerOf(context)
    context.state.workers.delete(context.name)
    return null
  },
  'GET workers ': (context) => {
    const { tag, workersDev, previews } = workerOf(context)
    return {
      id: tag,
      name: context.name,
      subdomain: { enabled: workersDev, previews_enabled: previews },
    }
  },
  'PATCH workers /versions/*': async (context) => {
    const worker = workerOf(context)
    const { env, annotations } = json<{
      env: Record<string, { text: string } | null>
      annotations: Record<string, string>
    }>(context)
    return render(await changeSecrets(context, worker, textsOf(env), annotations))
  },

  'PUT scripts ': async (context) => {
    const { state, name } = context
    const worker = state.workers.get(name) ?? state.createWorker(name)
    try {
      const version = await upload(context, worker)
      deployAlone(worker, version, 'upload')
      return {
        id: name,
        tag: worker.tag,
        etag: etagOf(version),
        deployment_id: version.id.replaceAll('-', ''),
        startup_time_ms: 12,
      }
    } catch (error) {
      if (worker.versions.length === 0) {
        state.workers.delete(name)
      }
      throw error
    }
  },
  'POST scripts /versions': async (context) => {
    const version = await upload(context, workerOf(context))
    return { ...render(version), startup_time_ms: 12 }
  },
  'GET scripts /versions': (context) => ({
    // Newest first, the newest hundred, and without `resources`.
    items: workerOf(context)
      .versions.slice(-100)
      .reverse()
      .map((version) => ({ ...render(version), resources: undefined })),
  }),
  'GET scripts /versions/*': (context) => render(versionOf(workerOf(context), context.rest)),

  'GET scripts /deployments': (context) => ({
    deployments: workerOf(context).deployments.slice(-100).reverse().map(renderDeployment),
  }),
  'POST scripts /deployments': (context) => {
    const worker = workerOf(context)
    const { versions, annotations } = json<{
      versions: { version_id: string; percentage: number }[]
      annotations: Record<string, string>
    }>(context)
    const chosen = versions.map(({ version_id }) => versionOf(worker, version_id))
    const sum = versions.reduce((total, { percentage }) => total + percentage, 0)
    if (versions.length > 2 || Math.abs(sum - 100) > 0.001) {
      throw new ApiError(400, 10_021, 'The percentages of one or two versions must sum to 100.')
    }
    if (!context.query.has('force')) {
      refuseChangedSecrets(worker, chosen)
    }
    return renderDeployment(
      deploy(worker, versions, { 'workers/triggered_by': 'deployment', ...annotations }),
    )
  },

  'GET scripts /secrets': (context) =>
    Object.keys(newest(workerOf(context))?.secrets ?? {})
      .sort()
      .map((name) => ({ name, type: 'secret_text' })),
  'PUT scripts /secrets': async (context) => {
    const { name, text } = json<{ name: string; text: string }>(context)
    await changeDeployedSecrets(context, { [name]: text })
    return { name, type: 'secret_text' }
  },
  'DELETE scripts /secrets/*': async (context) => {
    if (newest(workerOf(context))?.secrets[context.rest] === undefined) {
      throw new ApiError(404, 10_056, `Binding '${context.rest}' not found.`)
    }
    await changeDeployedSecrets(context, { [context.rest]: undefined })
    return null
  },
  'PATCH scripts /secrets-bulk': async (context) => {
    const { secrets } = json<{ secrets: Record<string, { text: string } | null> }>(context)
    await changeDeployedSecrets(context, textsOf(secrets))
    return Object.keys(secrets).map((name) => ({ name, type: 'secret_text' }))
  },

  'POST scripts /subdomain': (context) => {
    const worker = workerOf(context)
    const { enabled, previews_enabled } = json<{ enabled: boolean; previews_enabled: boolean }>(
      context,
    )
    worker.workersDev = enabled
    worker.previews = previews_enabled
    return { enabled, previews_enabled }
  },
  'PUT scripts /schedules': (context) => {
    const worker = workerOf(context)
    worker.crons = json<{ cron: string }[]>(context).map(({ cron }) => cron)
    return { schedules: worker.crons.map((cron) => ({ cron })) }
  },
  'PUT scripts /routes': (context) => setRoutes(context, ({ pattern }) => pattern),
  'POST scripts /domains/changeset': () => ({
    added: [],
    removed: [],
    updated: [],
    conflicting: [],
  }),
  'PUT scripts /domains/records': (context) => {
    const { origins } = json<{ origins: { hostname: string }[] }>(context)
    workerOf(context).routes = origins.map(({ hostname }) => hostname)
    return origins
  },
  'PATCH scripts /script-settings': (context) =>
    Object.assign(workerOf(context).settings, json<Record<string, unknown>>(context)),
  // No file is missing, so wrangler uploads none.
  'POST scripts /assets-upload-session': () => ({ jwt: 'assets', buckets: [] }),
  'GET scripts /references': () => ({
    services: { incoming: [], outgoing: [], pages_function: false },
  }),
}

function setRoutes(context: Context, patternOf: (route: { pattern: string }) => string): unknown {
  const routes = json<{ pattern: string }[]>(context)
  workerOf(context).routes = routes.map(patternOf)
  return routes
}

const json = <T>({ body }: ApiRequest): T => JSON.parse(body.toString())

const textsOf = (entries: Record<string, { text: string } | null>) =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry?.text]))

const newest = ({ versions }: Worker): Version | undefined => versions.at(-1)

function workerOf({ state, name }: Context): Worker {
  const worker = state.workers.get(name)
  if (!worker) {
    throw new ApiError(404, 10_007, 'This Worker does not exist on your account.')
  }
  return worker
}

function versionOf(worker: Worker, versionId: string): Version {
  const version = worker.versions.find((each) => each.id === versionId)
  if (!version) {
    // The code is not published.
    throw new ApiError(404, 10_008, `Version ${versionId} could not be found.`)
  }
  return version
}

async function upload(context: Context, worker: Worker): Promise<Version> {
  const read = await readUpload(context.contentType, context.body)
  const { secrets, bindings, missing } = resolveBindings(read.upload, read.keeps, newest(worker))
  if (missing.length > 0) {
    throw new ApiError(400, 10_057, `inherit binding '${missing[0]}' is invalid: no such binding.`)
  }
  return await add(context, worker, { ...read.upload, bindings }, secrets)
}

async function add(
  { state, check }: Context,
  worker: Worker,
  content: Upload,
  secrets: Record<string, string>,
): Promise<Version> {
  const version = state.addVersion(worker, content, secrets)
  const thrown = await check(version)
  if (thrown !== undefined) {
    worker.versions.splice(worker.versions.indexOf(version), 1)
    throw new ApiError(400, 10_021, messageOf(thrown))
  }
  return version
}

/** As Cloudflare has it: `Uncaught Error: …` and where. */
const messageOf = (stderr: string): string =>
  stderr
    .replace(/^[\s\S]*?(?=Uncaught )/, '')
    .replaceAll(/at null\.<anonymous> \((.*)\)/g, 'at $1')
    .trimEnd()

async function changeSecrets(
  context: Context,
  worker: Worker,
  changes: Record<string, string | undefined>,
  annotations: Record<string, string>,
): Promise<Version> {
  const previous = newest(worker)
  if (!previous) {
    throw new ApiError(400, 10_222, 'This Worker has no versions.')
  }
  const secrets: Record<string, string> = {}
  for (const [name, text] of Object.entries({ ...previous.secrets, ...changes })) {
    if (text !== undefined) {
      secrets[name] = text
    }
  }
  return await add(context, worker, { ...previous, annotations }, secrets)
}

/** `wrangler secret put`: a new version, deployed at once; refused when the newest is not deployed. */
async function changeDeployedSecrets(
  context: Context,
  changes: Record<string, string | undefined>,
): Promise<void> {
  const worker = workerOf(context)
  const previous = newest(worker)
  if (previous && !isDeployed(worker, previous.id)) {
    throw new ApiError(400, 10_215, "The latest version of your Worker isn't currently deployed.")
  }
  const version = await changeSecrets(context, worker, changes, {
    'workers/triggered_by': 'secret',
  })
  deployAlone(worker, version, 'secret')
}

function deployAlone(worker: Worker, version: Version, trigger: string): void {
  deploy(worker, [{ version_id: version.id, percentage: 100 }], { 'workers/triggered_by': trigger })
}

/** For `versionsRollbackCommand`, which then asks, or outside a terminal goes on, with `force`. */
function refuseChangedSecrets(worker: Worker, chosen: readonly Version[]): void {
  const current = worker.deployments
    .at(-1)
    ?.versions.map(({ version_id }) => versionOf(worker, version_id))
    .sort((one, other) => other.number - one.number)[0]
  const [target] = chosen
  if (!current || !target || chosen.length > 1 || target.number >= current.number) {
    return
  }
  const names = Object.keys({ ...current.secrets, ...target.secrets })
  const changed = names.filter((name) => current.secrets[name] !== target.secrets[name])
  if (changed.length > 0) {
    const message = `The following secrets have changed: ${changed.join(', ')}`
    throw new ApiError(400, 10_220, `Version ${target.id} cannot be deployed. ${message}`)
  }
}

const etagOf = ({ modules }: Upload): string => {
  const hash = createHash('sha256')
  for (const { content } of modules) {
    hash.update(content)
  }
  return hash.digest('hex')
}

/** `ApiVersion` of wrangler. */
const render = (version: Version) => ({
  id: version.id,
  number: version.number,
  metadata: {
    created_on: version.createdOn,
    modified_on: version.createdOn,
    source: 'wrangler',
    author_id: id,
    author_email: email,
    has_preview: false,
  },
  annotations: { 'workers/triggered_by': 'version_upload', ...version.annotations },
  resources: {
    script: {
      etag: etagOf(version),
      handlers: ['fetch', 'scheduled'],
      last_deployed_from: 'wrangler',
    },
    script_runtime: {
      compatibility_date: version.compatibilityDate,
      compatibility_flags: version.compatibilityFlags,
      usage_model: 'standard',
    },
    bindings: [
      ...version.bindings,
      ...Object.keys(version.secrets).map((name): Binding => ({ name, type: 'secret_text' })),
    ],
  },
})

/** `ApiDeployment` of wrangler. */
const renderDeployment = (deployment: Worker['deployments'][number]) => ({
  id: deployment.id,
  source: 'wrangler',
  strategy: 'percentage',
  author_email: email,
  created_on: deployment.createdOn,
  annotations: deployment.annotations,
  versions: deployment.versions,
})
