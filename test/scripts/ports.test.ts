import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startEndpoint, startNear, startPostgres } from 'neon-local'
import { NeonLocalError } from 'neon-local/errors'
import { describe, expect, test } from 'vitest'
import { copyFreshDataFolder } from '../../packages/neon-local/test/support/fresh-data-folder.ts'
import { makeFolder } from '../../packages/neon-local/test/support/postgres-runs.ts'

const starters = {
  startEndpoint: (port?: number) =>
    startEndpoint({ postgresUrl: 'postgresql://localhost:5432', port }),
  startPostgres: async (port?: number) => {
    const dataDir = join(makeFolder(), 'data')
    await copyFreshDataFolder(dataDir)
    return startPostgres({ dataDir, port })
  },
}

describe('startNear', () => {
  test.for(['startEndpoint', 'startPostgres'] as const)(
    'lets %s take another port when the wanted one is taken',
    async (name) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port: taken } = Object(other.address())

      const server = await startNear(taken, starters[name])
      await server.close()
      other.close()

      expect(server.port).not.toBe(taken)
    },
  )

  test('passes on any other failure', async () => {
    const failing = async () => {
      throw new NeonLocalError('Not today.')
    }

    await expect(startNear(1, failing)).rejects.toThrow('Not today.')
  })
})
