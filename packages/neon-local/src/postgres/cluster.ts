import * as fs from 'node:fs'
import { join } from 'node:path'
import { runInitdb } from './initdb.ts'
import { stopLeftovers } from './leftovers.ts'
import { keptPasswords, newPasswords, type Passwords } from './passwords.ts'
import { removeFolder } from './remove-folder.ts'
import type { PostgresSetup } from './setup.ts'
import { releaseSharedMemory } from './shared-memory.ts'
import { setSuperuserPassword } from './superuser-password.ts'
import type { PostgresUser } from './user.ts'

const unfinishedName = 'cluster.unfinished-'

export type Cluster = {
  passwords: Passwords
  /** Whether the owner role has everything that is its own. */
  isOwned: boolean
}

/** Gets a cluster ready for its server, and the passwords that hold on it. */
export async function prepareCluster(setup: PostgresSetup): Promise<Cluster> {
  const { folder, user } = setup
  const kept = keptPasswords(folder)
  const passwords = kept ?? newPasswords()
  if (!fs.existsSync(folder.cluster)) {
    await createCluster(setup, passwords.superuser)
  } else {
    // A copy that root made, say. A guest's folder is never walked: its owner could bend the path.
    if (user?.isWalledOff) {
      giveTo(user, folder.cluster)
    }
    fs.chmodSync(folder.cluster, 0o700)
    if (!kept) {
      await setSuperuserPassword(setup, passwords.superuser)
    }
  }
  return { passwords, isOwned: kept !== undefined }
}

/** Whole or not at all. */
async function createCluster(setup: PostgresSetup, password: string): Promise<void> {
  const { folder, user, cleanup } = setup
  await removeUnfinished(folder.path)
  // A half-made cluster, whose making was interrupted, never has the name of a whole one.
  const unfinished = fs.mkdtempSync(join(folder.path, unfinishedName))
  cleanup.defer(() => {
    releaseSharedMemory(unfinished)
    removeFolder(unfinished)
  })
  if (user) {
    fs.lchownSync(unfinished, user.uid, user.gid)
  }
  await runInitdb(unfinished, setup, password)
  fs.renameSync(unfinished, folder.cluster)
  if (!folder.isTemporary) {
    sync(folder.path)
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith(unfinishedName)) {
      await stopLeftovers(join(folder, name), true)
      removeFolder(join(folder, name))
    }
  }
}

function giveTo(user: PostgresUser, cluster: string): void {
  if (fs.statSync(cluster).uid === user.uid) {
    return
  }
  for (const entry of fs.readdirSync(cluster, { recursive: true, encoding: 'utf8' })) {
    fs.lchownSync(join(cluster, entry), user.uid, user.gid)
  }
  // Last, so that an interrupted walk starts over.
  fs.lchownSync(cluster, user.uid, user.gid)
}

// Without this, a power cut could take the new name back, and the data written since with it.
function sync(folder: string): void {
  if (process.platform === 'win32') {
    return
  }
  const descriptor = fs.openSync(folder, 'r')
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
}
