import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loopbackAddresses } from '../src/postgres/loopback-port.ts'
import { startPostgres } from '../src/postgres.ts'
import { copyFreshDataFolder } from './support/fresh-data-folder.ts'
import {
  createFolder,
  hasOrdinaryUser,
  launch,
  makeFolder,
  ordinaryUser,
} from './support/postgres-runs.ts'

const firstClosedPort = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
const hasClosedPorts =
  fs.existsSync(firstClosedPort) && Number(fs.readFileSync(firstClosedPort, 'utf8')) > 80

describe('startPostgres', () => {
  test.for(loopbackAddresses())('refuses a port that is taken on %s', async (address) => {
    const server = createServer().listen(0, address)
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const bound = server.address()
    const port = typeof bound === 'object' ? bound?.port : undefined
    const dataDir = join(makeFolder(), 'data')

    const start = startPostgres({ dataDir, port })

    await expect(start).rejects.toMatchObject({
      name: 'NeonLocalError',
      message:
        `Port ${port} is taken by another program: ` +
        'stop it, or choose another port with --postgres-port.',
    })
    expect(fs.readdirSync(dataDir)).not.toContain('launcher.pid')
  })

  describe.skipIf(!hasClosedPorts)('refuses a port that only root may open', () => {
    const forbidden = {
      name: 'NeonLocalError',
      message: expect.stringMatching(/^Port 80 is not open to .* choose one above 1023/),
    }

    // The user's, so that both may start on its cluster.
    let dataDir: string
    beforeAll(async () => {
      const folder = createFolder()
      dataDir = join(folder, 'data')
      await copyFreshDataFolder(dataDir)
      const { uid, gid } = ordinaryUser
      if (hasOrdinaryUser && uid !== undefined && gid !== undefined) {
        spawnSync('chown', ['-R', `${uid}:${gid}`, dataDir])
      }
      return () => fs.rmSync(folder, { recursive: true })
    })

    test('to root, whose server is not root', async () => {
      await expect(startPostgres({ dataDir, port: 80 })).rejects.toMatchObject(forbidden)
    })

    test.skipIf(!hasOrdinaryUser)('to an ordinary user', async () => {
      const start = launch({ dataDir, port: 80 }, { user: ordinaryUser })

      await expect(start).rejects.toMatchObject(forbidden)
    })
  })
})
