import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import { startChild } from '../command/child.ts'
import { readChildJson } from '../command/child-json.ts'
import { CommandError } from '../command/command.ts'
import { previewEnvironment } from './environment.ts'

export type Preview = {
  /** Where the newest upload answers. */
  url: string
  /** Where this one does, and no other. */
  uploadUrl: string
}

const Uploaded = z.object({
  preview: z.object({ urls: z.array(z.url()).default([]) }),
  deployment: z.object({ urls: z.array(z.url()).default([]) }),
})

/** Makes the Preview of this name, or gives it this code. Throws CommandError. */
export async function uploadPreview(name: string, secretsFile: string): Promise<Preview> {
  const args = ['--name', name, '--secrets-file', secretsFile, '--json']
  const { code, output, errors } = await run(['preview', ...args])
  if (code !== 0) {
    throw new CommandError(`${output}${errors}\nwrangler made no preview ${name}: see above.`)
  }
  // wrangler also prints there what the build does.
  const source = `wrangler made the preview ${name}, and`
  const { preview, deployment } = readChildJson(source, Uploaded, output)
  const [url] = preview.urls
  if (url === undefined) {
    throw new CommandError(
      `The preview ${name} is there, but has no address. Turn on "Preview" under Domains of its ` +
        "Worker in Cloudflare's dashboard: [env.preview] in wrangler.toml counts only when that " +
        'Worker is made.',
    )
  }
  return { url, uploadUrl: deployment.urls[0] ?? url }
}

/** Of Cloudflare's API: there is no such Worker, or no such Preview. */
const absent = /\[code: (?:10007|10025|10090)\]/

/** Returns whether there was one. Throws CommandError. */
export async function deletePreview(name: string): Promise<boolean> {
  const args = ['--name', name, '--skip-confirmation']
  const { code, output, errors } = await run(['preview', 'delete', ...args])
  if (code !== 0 && !absent.test(errors)) {
    throw new CommandError(`${output}${errors}\nwrangler deleted no preview ${name}: see above.`)
  }
  return code === 0
}

/** Its log would hold the bodies of requests. */
const env = { WRANGLER_WRITE_LOGS: 'false' }

const read = (stream: Readable | null) => (stream ? text(stream) : '')

/** The wrangler on PATH, which ends with this process. */
async function run(args: readonly string[]) {
  const child = startChild('wrangler', [...args, '--env', previewEnvironment], {
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill()
  process.once('exit', kill)
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve)
    child.once('error', ({ message }) =>
      reject(new CommandError(`wrangler does not start (${message}): use \`npm run preview\`.`)),
    )
  })
  try {
    const [output, errors] = [read(child.stdout), read(child.stderr)]
    return { code: await code, output: await output, errors: await errors }
  } finally {
    process.off('exit', kill)
  }
}
