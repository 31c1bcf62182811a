import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { quietWrangler } from './scripts/wrangler.ts'

// For the plugin, which runs wrangler in this process, and for the workers, which inherit it.
Object.assign(process.env, quietWrangler)

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // The tests wait for processes and databases more than they compute.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/{service,scripts,neon-local}/**/*.test.ts'],
        },
      },
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
