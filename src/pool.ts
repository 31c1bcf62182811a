/** Something that an isolate has only so much of: places, bytes. */
export type Pool = {
  isSpent(): boolean
  /** The share of a request, which is empty at first. Each owner has a pool of its own. */
  share(owner?: string): Share
}

export type Share = {
  /**
   * Takes `amount` more, and keeps the whole share for another term; 0 only prolongs it. Takes
   * nothing and gives false when there is not enough left, or when the term is over.
   */
  take(amount: number): boolean
  free(): void
}

/**
 * A share that is not freed is free again after `termMs`: when a client goes away, the runtime may
 * drop the request, and then no `finally` of it runs.
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
