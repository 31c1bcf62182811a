import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { requesting, type Service } from './service.ts'

export type ServiceOfWrangler = Service & {
  /** What a cron trigger does. */
  runScheduled(): Promise<void>
}

/** Starts the bundled Worker as `wrangler dev` would, with its pages, limits and cron trigger. */
export async function startWithWrangler(
  workerDir: string,
  secrets: Record<string, string>,
): Promise<ServiceOfWrangler> {
  const harness = createTestHarness({
    // The copy beside the bundle: no `.dev.vars` of whoever runs the tests is near it.
    workers: [
      {
        configPath: join(workerDir, 'wrangler.toml'),
        prebuiltWorkerDir: workerDir,
        secrets: { AUTH: 'open', DEV_SECRET: '', ...secrets },
      },
    ],
  })
  const { url } = await harness.listen()

  return {
    url,
    request: requesting(url),
    runScheduled: async () => {
      await harness.getWorker().scheduled({ scheduledTime: new Date(), cron: '17 * * * *' })
    },
    logs: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  }
}
