import { readRuntime } from '../../scripts/build/runtime.ts'

const quote = (text: string) => JSON.stringify(text)

// workerd has no rate limits of its own.
const limiter = 'export default () => ({ limit: async () => ({ success: true }) })'

const limits = ['CALLERS', 'BULK', 'SEARCHES', 'ADDRESSES'].map((of) => `RATE_LIMIT_${of}`)

// The disk alone says no media type. The platform's own way is tried by the tests of the pages.
const assets = `
const types = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
}
export default {
  async fetch(request, { DISK }) {
    const { pathname } = new URL(request.url)
    const file = await DISK.fetch('http://disk' + pathname)
    const type = types[pathname.split('.').at(-1)]
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=0, must-revalidate' }
    return new Response(file.body, { status: file.status, headers })
  },
}`

/** The Worker to the byte, in an isolate whose time runs so many times as fast, or slower. */
const withClock = (times: number) => ({
  'main.js': `import 'clock.js'; export { default } from 'worker.js'`,
  'clock.js': `
const [start, now, wait, timeout] = [
  ${Date.now()}, Date.now.bind(Date), setTimeout.bind(globalThis), AbortSignal.timeout.bind(AbortSignal),
]
Date.now = () => Math.max(0, start + (now() - start) * ${times})
globalThis.setTimeout = (callback, ms = 0, ...rest) => wait(callback, ms / ${times}, ...rest)
AbortSignal.timeout = (ms) => timeout(ms / ${times})`,
})

/** What workerd needs to know to serve `worker.js` beside this configuration, with pages of `pagesDir`. */
export async function plainConfig(
  pagesDir: string,
  variables: Record<string, string>,
  clock = 1,
): Promise<string> {
  const { date, flags } = await readRuntime()
  const modules = [
    ...Object.entries(clock === 1 ? {} : withClock(clock)).map(
      ([name, text]) => `(name = ${quote(name)}, esModule = ${quote(text)})`,
    ),
    '(name = "worker.js", esModule = embed "worker.js")',
  ]
  const bindings = [
    ...Object.entries(variables).map(
      ([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`,
    ),
    ...limits.map((name) => `(name = ${quote(name)}, wrapped = (moduleName = "test:limiter"))`),
    '(name = "ASSETS", service = "assets")',
    '(name = "CF_VERSION_METADATA", json = "{\\"id\\":\\"plain\\"}")',
  ]
  return `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "assets", worker = .assets),
    (name = "disk", disk = (path = ${quote(pagesDir)})),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  extensions = [(modules = [(name = "test:limiter", internal = true, esModule = ${quote(limiter)})])],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = ${quote(date)},
  compatibilityFlags = [${flags.map(quote).join(', ')}],
  bindings = [${bindings.join(', ')}],
);
const assets :Workerd.Worker = (
  modules = [(name = "assets.js", esModule = ${quote(assets)})],
  compatibilityDate = ${quote(date)},
  bindings = [(name = "DISK", service = "disk")],
);
`
}
