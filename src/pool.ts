/** Something of which an isolate gives everybody only so much: places, bytes. */
export type Pool = {
  isSpent(): boolean
  /** Of a request; nothing at first. Each owner has a pool of its own. */
  share(owner?: string): Share
}

export type Share = {
  /**
   * Takes so much more, 0 too, and keeps all of it for another term. False, with nothing taken, when
   * there is not so much left, or when the term is over.
   */
  take(amount: number): boolean
  free(): void
}

/**
 * What is not freed is free again after `termMs`: when its client goes, the runtime may drop a request
 * without a word, so that no `finally` of it runs.
 */
export function createPool(size: number, termMs: number, now: () => number = Date.now): Pool {
  const taken = new Map<Share, { owner: string; amount: number; until: number }>()

  const left = (of: string) => {
    let amountLeft = size
    for (const [share, { owner, amount, until }] of taken) {
      if (until < now()) {
        taken.delete(share)
      } else if (owner === of) {
        amountLeft -= amount
      }
    }
    return amountLeft
  }

  return {
    isSpent: () => left('') <= 0,
    share(owner = '') {
      let isNew = true
      const share = {
        take(more: number) {
          const fits = left(owner) >= more
          const held = taken.get(share)
          if (!fits || !(held || isNew)) {
            return false
          }
          isNew = false
          taken.set(share, { owner, amount: (held?.amount ?? 0) + more, until: now() + termMs })
          return true
        },
        free() {
          taken.delete(share)
        },
      }
      return share
    },
  }
}
