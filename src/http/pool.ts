/** Something of which an isolate has only so much: places, bytes. */
export type Pool = {
  isSpent(): boolean
  /** Of a request; nothing at first. */
  share(): Share
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
  const taken = new Map<Share, { amount: number; until: number }>()

  const left = () => {
    let amountLeft = size
    for (const [share, { amount, until }] of taken) {
      if (until < now()) {
        taken.delete(share)
      } else {
        amountLeft -= amount
      }
    }
    return amountLeft
  }

  return {
    isSpent: () => left() <= 0,
    share() {
      let isNew = true
      const share = {
        take(more: number) {
          const fits = left() >= more
          const held = taken.get(share)
          if (!fits || !(held || isNew)) {
            return false
          }
          isNew = false
          taken.set(share, { amount: (held?.amount ?? 0) + more, until: now() + termMs })
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
