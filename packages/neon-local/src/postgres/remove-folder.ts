import { existsSync, rmSync } from 'node:fs'

/** Removes a folder in which a process that was just killed may still be making its last file. */
export function removeFolder(path: string): void {
  for (let tries = 50; ; tries -= 1) {
    try {
      rmSync(path, { recursive: true, force: true })
    } catch (error) {
      if (tries === 0) {
        throw error
      }
    }
    if (tries === 0 || !existsSync(path)) {
      return
    }
    // Also for the end of this process, when nothing can be awaited any more.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
}
