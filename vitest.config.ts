import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { quietWrangler } from './scripts/wrangler.ts'

// For the plugin, which runs wrangler in this process, and for the workers, which inherit it.
Object.assign(process.env, quietWrangler)

const project = (name: string, include: string, options: { isolate: boolean }) => ({
  extends: true as const,
  test: { name, include: [include], ...options },
})

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // The tests wait for processes and databases more than they compute.
    maxWorkers: 4,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      // Over HTTP and through commands: nothing is shared in the process, so nothing to isolate.
      project('service', 'test/service/**/*.test.ts', { isolate: false }),
      project('scripts', 'test/scripts/**/*.test.ts', { isolate: false }),
      project('long', 'test/long/**/*.test.ts', { isolate: true }),
      // Drizzle changes the driver's parsers for the whole process.
      project('neon-local', 'test/neon-local/**/*.test.ts', { isolate: true }),
      {
        extends: true,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                DATABASE_URL: inject('templateUrl'),
                NEON_ENDPOINT: inject('endpointUrl'),
              },
            },
          })),
        ],
        test: { name: 'worker', include: ['test/worker/**/*.test.ts'] },
      },
    ],
  },
})
