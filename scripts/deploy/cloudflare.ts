import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { CommandError } from '../command/command.ts'

/** Which versions answer, and which percentage of the requests each. Newest first. */
export type Deployment = {
  message: string
  versions: { id: string; percentage: number }[]
}

/** A percentage of the requests for each version, 100 in all. */
export type Shares = readonly (readonly [versionId: string, percentage: number])[]

export type Account = {
  /** With the version of the API: `https://api.cloudflare.com/client/v4`. */
  apiUrl: string
  /** The headers with the credential. */
  headers: Readonly<Record<string, string>>
  id: string
}

const Envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
})

const Deployments = z.object({
  deployments: z.array(
    z.object({
      created_on: z.string(),
      annotations: z.record(z.string(), z.unknown()).optional(),
      versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
    }),
  ),
})

const Secrets = z.array(z.object({ name: z.string() }))

/** Cloudflare refused a call, or did not answer it after all attempts. */
class CloudflareFailure extends CommandError {
  readonly codes: readonly number[]

  constructor(message: string, codes: readonly number[] = []) {
    super(message)
    this.codes = codes
  }
}

/** No such Worker. */
const missing = 10_007

/** A version whose secrets have changed since. */
const changedSecrets = 10_220

/** Before the second, the third and the fourth attempt. */
const defaultPausesMs = [500, 2_000, 5_000]

/** Of each attempt. */
const deadlineMs = 30_000

/** The longest `Retry-After` to obey: Cloudflare counts its limits over five minutes. */
const maxPauseMs = 60_000

export type Cloudflare = ReturnType<typeof createCloudflare>

/**
 * The calls of a deploy to Cloudflare's API; wrangler does the upload. They are our own, because the
 * `cloudflare` package unpacks to 120 MB for these five.
 *
 * Each call throws CommandError. It is repeated when there is no answer, or a 429 or 5xx, because each has
 * the same effect when it is made twice. `stop` ends calls that change something, but not those that look
 * at the result or undo it.
 */
export function createCloudflare(
  account: Account,
  worker: string,
  stop: AbortSignal,
  pausesMs: readonly number[] = defaultPausesMs,
) {
  const path = `/accounts/${account.id}/workers/scripts/${worker}`
  const post = (shares: Shares, message: string, { force = false, signal = stop } = {}) =>
    ask(account, `POST ${path}/deployments${force ? '?force=true' : ''}`, {
      body: {
        strategy: 'percentage',
        versions: shares.map(([id, percentage]) => ({ version_id: id, percentage })),
        annotations: { 'workers/message': message },
      },
      stop: signal,
      pausesMs,
    })

  return {
    /** None when the Worker has never been deployed. */
    async deployments(): Promise<Deployment[]> {
      const result = await ask(account, `GET ${path}/deployments`, { pausesMs }).catch(
        orIfMissing({ deployments: [] }),
      )
      return read(Deployments, result)
        .deployments.sort((a, b) => b.created_on.localeCompare(a.created_on))
        .map(({ annotations, versions }) => ({
          message: String(annotations?.['workers/message'] ?? ''),
          versions: versions.map(({ version_id: id, percentage }) => ({ id, percentage })),
        }))
    },
    async secretNames(): Promise<string[]> {
      const result = await ask(account, `GET ${path}/secrets`, { stop, pausesMs }).catch(
        orIfMissing([]),
      )
      return read(Secrets, result).map(({ name }) => name)
    },
    async deploy(shares: Shares, message: string): Promise<void> {
      await post(shares, message)
    },
    /** What belongs to the Worker and to no version of it: logs and traces. */
    async applySettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
      await ask(account, `PATCH ${path}/script-settings`, { body: settings, stop, pausesMs })
    },
    /** Also when the secrets have changed since: the version gets back those that it had. */
    async rollBack(id: string, message: string): Promise<void> {
      const signal = new AbortController().signal
      await post([[id, 100]], message, { signal }).catch((error: unknown) => {
        if (error instanceof CloudflareFailure && error.codes.includes(changedSecrets)) {
          return post([[id, 100]], message, { signal, force: true })
        }
        throw error
      })
    },
  }
}

const orIfMissing =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof CloudflareFailure && error.codes.includes(missing)) {
      return value
    }
    throw error
  }

type AskOptions = {
  body?: unknown
  stop?: AbortSignal
  pausesMs?: readonly number[]
}

/** `request` is `GET /path`. Resolves with the result. Throws CloudflareFailure. */
export async function ask(
  account: Pick<Account, 'apiUrl' | 'headers'>,
  request: string,
  { body, stop, pausesMs = defaultPausesMs }: AskOptions,
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(account, request, body, stop)
    if (outcome.failure === undefined) {
      return outcome.result
    }
    const pauseMs = pausesMs[attempt]
    if (pauseMs === undefined || !outcome.mayPass) {
      throw outcome.failure
    }
    await sleep(Math.max(pauseMs, outcome.retryAfterMs ?? 0), undefined, stop && { signal: stop })
  }
}

type Outcome =
  | { result: unknown; failure?: undefined }
  | { failure: CloudflareFailure; mayPass: boolean; retryAfterMs?: number }

async function attemptOnce(
  { apiUrl, headers }: Pick<Account, 'apiUrl' | 'headers'>,
  request: string,
  body: unknown,
  stop: AbortSignal | undefined,
): Promise<Outcome> {
  const [method = '', path = ''] = request.split(' ')
  const deadline = AbortSignal.timeout(deadlineMs)
  try {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      // A redirect must not take the credential to another address.
      redirect: 'manual',
      signal: stop ? AbortSignal.any([stop, deadline]) : deadline,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return judge(request, response, await response.text())
  } catch (error) {
    stop?.throwIfAborted()
    const { code, message } = Object(Object(error).cause ?? error)
    const failure = new CloudflareFailure(
      `Cloudflare did not answer ${shorten(request)}: ${code ?? message ?? error}.`,
    )
    return { failure, mayPass: true }
  }
}

function judge(request: string, { status, ok, headers }: Response, text: string): Outcome {
  const { data } = Envelope.safeParse(parse(text))
  if (ok && data?.success) {
    return { result: data.result }
  }
  const errors = data?.errors ?? []
  const said = errors.map(({ code, message }) => `${message} (${code})`).join(' ')
  const failure = new CloudflareFailure(
    [
      `Cloudflare answered ${shorten(request)} with ${status}: ${said || 'nothing that it should'}.`,
      status === 401 || status === 403
        ? 'Look whether the credential is good, and may edit Workers in this account.'
        : '',
    ]
      .join(' ')
      .trim(),
    errors.map(({ code }) => code),
  )
  const seconds = Number(headers.get('Retry-After') ?? 0)
  return {
    failure,
    mayPass: status === 429 || status >= 500 || (ok && !data),
    retryAfterMs: Math.min(maxPauseMs, Number.isFinite(seconds) ? seconds * 1_000 : 0),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function read<T>(schema: z.ZodType<T>, result: unknown): T {
  const { data, error } = schema.safeParse(result)
  if (error) {
    throw new CloudflareFailure(
      `Cloudflare answered otherwise than it was: ${z.prettifyError(error)}`,
    )
  }
  return data
}

/** The path without the account's id, for messages. */
const shorten = (request: string) => request.replace(/\/accounts\/[^/]+\/workers/, '')
