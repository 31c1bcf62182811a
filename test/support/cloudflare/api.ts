import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Call, Calls } from './calls.ts'
import { bundles, withBundle, withoutBuild } from './cli.ts'
import { accountId, token } from './credentials.ts'
import { type Account, ApiError, type ApiRequest, route } from './routes.ts'

export type Login = 'yes' | 'no-token' | 'bad-token'

export type Refused = {
  method: string
  path: RegExp
  /** Of the request's body; undefined for any. */
  body: RegExp | undefined
  status: number
  code: number
  message: string
  when: 'before' | 'after'
  times: number
  /** It is never answered. */
  hangs: boolean
}

export type ApiOptions = {
  directory: string
  calls: Calls
  account: Account
  /** Read at every call. */
  controls: {
    login: Login
    refused: Refused[]
    skipsBuild: boolean
    takeBundle(): string | undefined
  }
}

/** The deploy itself, or a wrangler that nobody has told of the call: of a person who rehearses. */
const anybody: Call = {
  id: -1,
  args: [],
  pid: 0,
  fault: undefined,
  struck: undefined,
  hangs: false,
}

/** Cloudflare's API, at `/<call>/client/v4`, and two paths of our own for the wrangler on PATH. */
export async function startApi({ directory, calls, account, controls }: ApiOptions) {
  const server = createServer((incoming, outgoing) => {
    receive(incoming)
      .then((received) => handle(received, outgoing))
      .catch(() => outgoing.destroy())
  })

  async function handle(received: Received, outgoing: ServerResponse): Promise<void> {
    if (received.path === '/calls') {
      const { args, pid, cwd } = JSON.parse(received.body.toString())
      const call = calls.start(args, pid)
      send(outgoing, 200, {
        id: call.id,
        // Without a wrangler.toml, wrangler says what it has to say.
        args: await argumentsFor(args, cwd).catch(() => args),
        apiUrl: `${url}/${call.id}/client/v4`,
        loggedIn: controls.login !== 'no-token',
        exitFile: calls.exitFileOf(call),
      })
    } else if (received.path === '/orphan') {
      const { id } = JSON.parse(received.body.toString())
      send(outgoing, 200, { hangs: calls.all[id]?.hangs ?? true })
    } else {
      const [, id, path = ''] = /^(?:\/(\d+))?\/client\/v4(\/.*)$/.exec(received.path) ?? []
      const call = id === undefined && path !== '' ? anybody : calls.all[Number(id)]
      if (call) {
        await answer(call, { ...received, path }, outgoing)
      } else {
        outgoing.destroy()
      }
    }
  }

  async function argumentsFor(args: string[], cwd: string): Promise<string[]> {
    if (bundles(args)) {
      const bundle = controls.takeBundle()
      return bundle ? await withBundle(directory, cwd, args, bundle) : args
    }
    // `triggers deploy` wants the pages, which no build has made.
    return args[0] === 'triggers' && controls.skipsBuild
      ? await withoutBuild(directory, cwd, args)
      : args
  }

  async function answer(call: Call, request: ApiRequest, outgoing: ServerResponse): Promise<void> {
    try {
      if (controls.login === 'bad-token' || !isAuthorized(request)) {
        throw badTokenFor(request.path)
      }
      refuseOtherAccount(request.path)
      const { fault } = call
      const refused = controls.refused.find(
        ({ method, path, body, times }) =>
          times > 0 &&
          method === request.method &&
          path.test(request.path) &&
          (body?.test(request.body.toString()) ?? true),
      )
      if (refused) {
        refused.times -= 1
      }
      if (fault?.when === 'before' || call.struck === request.path) {
        strike(call, outgoing)
        return
      }
      if (refused?.when === 'before') {
        if (refused.hangs) {
          leave(outgoing)
          return
        }
        throw new ApiError(refused.status, refused.code, refused.message)
      }
      const result = await route(account, request)
      if (request.method !== 'GET') {
        calls.changes.push(`${request.method} ${shorten(request.path)}`)
      }
      if (fault && (call.struck || takesEffect(call, request))) {
        call.struck ??= request.path
        strike(call, outgoing)
        return
      }
      if (refused?.hangs) {
        leave(outgoing)
        return
      }
      if (refused) {
        throw new ApiError(refused.status, refused.code, refused.message)
      }
      send(outgoing, 200, envelope(result))
    } catch (error) {
      const { status, code, message } =
        error instanceof ApiError ? error : new ApiError(500, 10013, `The stand-in: ${error}`)
      send(outgoing, status, {
        result: null,
        success: false,
        errors: [{ code, message }],
        messages: [],
      })
    }
  }

  /** One that hangs gets no answer: its connection stays open. */
  function strike(call: Call, outgoing: ServerResponse): void {
    if (call.fault?.kind === 'hang') {
      calls.hang(call)
      outgoing.on('close', () => {
        call.hangs = false
      })
    } else {
      throw new ApiError(500, 10013, call.fault?.message ?? unknownError)
    }
  }

  /** Its connection stays open, until whoever asked goes. */
  function leave(outgoing: ServerResponse): void {
    calls.hangingRequests += 1
    calls.tellHanging()
    outgoing.on('close', () => {
      calls.hangingRequests -= 1
    })
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    close: () => {
      for (const { pid } of calls.all.filter(({ hangs }) => hangs)) {
        process.kill(pid, 'SIGKILL')
      }
      return new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

export const unknownError =
  'An unknown error has occurred. If this error persists, please report it to Cloudflare.'

/** As Cloudflare refuses a token that it does not know. */
function badTokenFor(path: string): ApiError {
  if (path === '/user/tokens/verify') {
    return new ApiError(401, 1000, 'Invalid API Token')
  }
  return path.startsWith('/accounts/')
    ? new ApiError(403, 10_000, 'Authentication error')
    : new ApiError(403, 9109, 'Invalid access token')
}

const isAuthorized = ({ authorization }: ApiRequest) => authorization === `Bearer ${token}`

/** As Cloudflare refuses an account that the token does not reach, and one that cannot be. */
function refuseOtherAccount(path: string): void {
  const [, account = accountId] = /^\/accounts\/([^/?]+)\//.exec(path) ?? []
  if (!/^[0-9a-f]{32}$/.test(account)) {
    throw new ApiError(
      404,
      7003,
      `Could not route to ${path}, perhaps your object identifier is invalid?`,
    )
  }
  if (account !== accountId) {
    throw new ApiError(403, 10_000, 'Authentication error')
  }
}

const shorten = (path: string): string =>
  path.replace(/^\/accounts\/\w+\/workers\//, '').replace(/\?.*$/, '')

/** Of the changes that a command makes, the one it is for. */
function takesEffect({ args }: Call, { method, path }: ApiRequest): boolean {
  const [pathname = ''] = path.split('?')
  if (
    method === 'GET' ||
    /\/(?:assets-upload-session|subdomain|script-settings|changeset)$/.test(pathname)
  ) {
    return false
  }
  // `deploy` uploads a version first, and deploys it in a second request.
  return args[0] !== 'deploy' || !pathname.endsWith('/versions')
}

type Received = ApiRequest

async function receive(incoming: IncomingMessage): Promise<Received> {
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    contentType: incoming.headers['content-type'] ?? '',
    authorization: incoming.headers.authorization ?? '',
    body: await buffer(incoming),
  }
}

const envelope = (result: unknown) => ({
  result,
  success: true,
  errors: [],
  messages: [],
  ...(Array.isArray(result) && {
    result_info: {
      page: 1,
      per_page: 50,
      count: result.length,
      total_count: result.length,
      total_pages: 1,
    },
  }),
})

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
