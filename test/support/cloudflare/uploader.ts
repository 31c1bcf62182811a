// Stands in for wrangler where a test is not about it: `preload.ts` has registered the call. It sends
// the requests of `versions upload`, `deploy` and `triggers deploy` that change what the edge does, in a
// twentieth of the time. `cloudflare-stand-in.test.ts` holds what it leaves against what wrangler leaves.
import { appendFile, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    env: { type: 'string' },
    message: { type: 'string' },
    tag: { type: 'string' },
    'secrets-file': { type: 'string' },
  },
})
const option = (name: string): string => String(values[name] ?? '')

const toml = await readFile(option('config') || 'wrangler.toml', 'utf8')
const [, section = ''] = toml.split(`[env.${option('env')}]`)
const [, name = ''] = /^name = "(.+)"$/m.exec(section) ?? []
const account = `${process.env['CLOUDFLARE_API_BASE_URL']}/accounts/${process.env['CLOUDFLARE_ACCOUNT_ID']}`
const script = `${account}/workers/scripts/${name}`

async function send(method: string, address: string, body: FormData | object): Promise<unknown> {
  const isForm = body instanceof FormData
  const response = await fetch(address, {
    method,
    headers: {
      Authorization: `Bearer ${process.env['CLOUDFLARE_API_TOKEN']}`,
      ...(!isForm && { 'Content-Type': 'application/json' }),
    },
    body: isForm ? body : JSON.stringify(body),
  })
  const { success, errors, result } = JSON.parse(await response.text())
  if (!success) {
    throw new Error(JSON.stringify(errors))
  }
  return result
}

/** The form of wrangler's `createWorkerUploadForm`. */
async function form(file: string): Promise<FormData> {
  const [, date] = /^compatibility_date = "(.+)"$/m.exec(toml) ?? []
  const [, flags = '[]'] = /^compatibility_flags = (\[.*\])$/m.exec(toml) ?? []
  const secretsFile = option('secrets-file')
  const secrets = secretsFile === '' ? {} : JSON.parse(await readFile(secretsFile, 'utf8'))
  const metadata = {
    main_module: 'worker.js',
    compatibility_date: date,
    compatibility_flags: JSON.parse(flags),
    bindings: [
      { name: 'CF_VERSION_METADATA', type: 'version_metadata' },
      ...Object.entries(secrets).map(([each, text]) => ({ name: each, type: 'secret_text', text })),
    ],
    keep_bindings: ['secret_text', 'secret_key'],
    annotations: { 'workers/message': option('message'), 'workers/tag': option('tag') },
  }
  const parts = new FormData()
  parts.set('metadata', JSON.stringify(metadata))
  const type = 'application/javascript+module'
  parts.set('worker.js', new File([await readFile(file)], 'worker.js', { type }))
  return parts
}

async function writeVersion(id: unknown): Promise<void> {
  const line = JSON.stringify({ type: 'version-upload', version_id: id })
  await appendFile(String(process.env['WRANGLER_OUTPUT_FILE_PATH']), `${line}\n`)
}

const [command, subcommand, file = ''] = positionals
if (values['dry-run']) {
  // Nothing is bundled: the bundle is there.
} else if (command === 'versions' && subcommand === 'upload') {
  const version = await send('POST', `${script}/versions`, await form(file))
  await writeVersion(Object(version).id)
} else if (command === 'deploy') {
  const result = await send('PUT', script, await form(subcommand ?? ''))
  const hex = String(Object(result).deployment_id)
  await writeVersion(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
} else if (command === 'triggers') {
  const [, domain = ''] = /pattern = "(.+?)"/.exec(section) ?? []
  const [, cron = ''] = /^crons = \["(.+)"\]$/m.exec(toml) ?? []
  await send('PUT', `${script}/schedules`, [{ cron }])
  await send('PUT', `${script}/domains/records`, { origins: [{ hostname: domain }] })
} else {
  throw new TypeError(`${positionals.join(' ')} is a case for wrangler itself.`)
}
