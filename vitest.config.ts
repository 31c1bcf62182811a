import { defineConfig } from 'vitest/config'
import { parseCLI } from 'vitest/node'
import { quietWrangler } from './scripts/wrangler.ts'

// For the plugin, which runs wrangler in this process, and for the workers, which inherit it.
Object.assign(process.env, quietWrangler)

const project = (name: string, include: string, options: object) => ({
  extends: true as const,
  test: { name, include: [include], ...options },
})

const drizzleTest = 'test/neon-local/drizzle.test.ts'

// The service first: its deadlines are real, and the others start many processes beside it.
const first = { sequence: { groupOrder: 0 }, maxWorkers: 3 }
const second = { sequence: { groupOrder: 1 }, maxWorkers: 3 }

/** Its plugin takes three seconds to load: left out when every file named lies in another folder. */
async function workerProjects() {
  const { filter } = parseCLI(['vitest', ...process.argv.slice(2)])
  if (filter.length > 0 && filter.every((file) => /(?:^|\/)test\/[^w]/.test(file))) {
    return []
  }
  const { cloudflareTest } = await import('@cloudflare/vitest-plugin')
  const plugin = cloudflareTest(({ inject }) => ({
    wrangler: { configPath: './wrangler.toml' },
    miniflare: {
      bindings: {
        DATABASE_URL: inject('templateUrl'),
        NEON_ENDPOINT: inject('endpointUrl'),
        AUTH: 'open',
        DEV_SECRET: '',
      },
    },
  }))
  return [
    {
      plugins: [plugin],
      ...project('worker', 'test/worker/**/*.test.ts', {
        isolate: false,
        ...second,
      }),
    },
  ]
}

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    tags: [
      { name: 'slow', description: 'Of `npm run test:all` alone: cross products, long waits.' },
    ],
    // The tests wait for processes and databases more than they compute.
    maxWorkers: 4,
    // For what hangs. A machine that is busy with other things may be ten times slower.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      // Over HTTP and through commands: nothing is shared in the process, so nothing to isolate.
      project('service', 'test/service/**/*.test.ts', { isolate: false, ...first }),
      project('scripts', 'test/scripts/**/*.test.ts', { isolate: false, ...second }),
      project('browser', 'test/browser/**/*.test.ts', second),
      project('long', 'test/long/**/*.test.ts', second),
      project('neon-local', 'test/neon-local/**/*.test.ts', {
        isolate: false,
        exclude: [drizzleTest],
        ...second,
      }),
      // Apart, because Drizzle changes the driver's parsers for the whole process.
      project('neon-local-drizzle', drizzleTest, second),
      ...(await workerProjects()),
    ],
  },
})
