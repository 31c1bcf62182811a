import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CommandError } from '../scripts/command/command.ts'

/**
 * Starts the app of the Python recipe under one uvicorn, with the `python3` of the PATH. Throws
 * CommandError when that has no FastAPI.
 */
export async function startRecipe(
  stack: AsyncDisposableStack,
  { url }: { url: string },
  key: string,
): Promise<{ url: URL; pid: number }> {
  const child = spawn('python3', ['-m', 'uvicorn', 'app:app', '--port', '0'], {
    cwd: join(import.meta.dirname, 'recipe'),
    env: { ...process.env, DATABASE_URL: url, API_KEY: key, PYTHONDONTWRITEBYTECODE: '1' },
    // Ctrl-C is for this process, which stops the others in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await ended.catch(() => {})
  })

  const { promise: address, resolve } = Promise.withResolvers<string>()
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-2_000)
    const [found] = /http:\/\/[\d.]+:\d+/.exec(words) ?? []
    if (found !== undefined) {
      resolve(found)
    }
  })
  const failed = ended.then(
    () => Promise.reject(new CommandError(`${mend}\n\n${words.trim()}`)),
    () => Promise.reject(new CommandError(`There is no python3. ${mend}`)),
  )
  const listening = await Promise.race([address, failed])
  failed.catch(() => {})
  return { url: new URL(listening), pid: child.pid ?? 0 }
}

const mend = 'The Python recipe does not start: bench/recipe/README.md says what it needs.'
