import { runChild } from '../command/child.ts'
import { quietWrangler, wrangler } from '../command/wrangler.ts'

/** Bundles the Worker into `directory/worker.js`, exactly as a deploy does. */
export async function bundleWorker(directory: string, ...options: string[]): Promise<void> {
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', directory, ...options]
  await runChild(process.execPath, args, { env: quietWrangler })
}
