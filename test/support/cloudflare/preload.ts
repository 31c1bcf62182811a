// Runs before wrangler's own cli.js, in its process: registers the call, and directs wrangler to
// the stand-in's API. Everything that wrangler then does and prints is its own.
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'

type Start = { apiUrl: string; args: string[]; loggedIn: boolean; exitFile: string; id: number }

const control = process.env['CLOUDFLARE_STAND_IN']
if (!control) {
  throw new TypeError('CLOUDFLARE_STAND_IN says where the stand-in is.')
}

const ask = (path: string, body: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asking = request(new URL(path, control), { method: 'POST', agent: false }, (answer) => {
      let text = ''
      answer
        .setEncoding('utf8')
        .on('data', (part: string) => {
          text += part
        })
        .on('end', () => resolve(JSON.parse(text)))
    })
    asking.on('error', reject).end(JSON.stringify(body))
  })

const parent = process.ppid
const args = process.argv.slice(2)
const start = (await ask('/calls', { args, pid: process.pid, cwd: process.cwd() })) as Start

process.argv.splice(2, args.length, ...start.args)
process.env['CLOUDFLARE_API_BASE_URL'] = start.apiUrl
if (!start.loggedIn) {
  for (const name of ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY', 'CF_API_TOKEN']) {
    delete process.env[name]
  }
}
process.on('exit', (code) => writeFileSync(start.exitFile, String(code)))

// A wrangler whose parent was killed goes on, as the real one does; but one that hangs would stay.
setInterval(async () => {
  if (process.ppid !== parent) {
    const { hangs } = (await ask('/orphan', { id: start.id }).catch(() => ({ hangs: true }))) as {
      hangs: boolean
    }
    if (hangs) {
      process.exit(1)
    }
  }
}, 100).unref()
