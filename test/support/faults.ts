import { createFaults, type Fault, type Faults } from 'neon-local'

export type Spoilers = {
  /** What goes wrong with every request from now on; nothing when undefined. */
  spoil(fault: Fault | undefined): void
  /** What goes wrong with the next requests alone, one after the other. */
  spoilNext(...faults: readonly Fault[]): void
}

export function createSpoilers(): Spoilers & { faults: Faults } {
  const faults = createFaults()

  return {
    faults,
    spoil: (fault) => {
      faults.clear()
      if (fault !== undefined) {
        faults.always(fault)
      }
    },
    spoilNext: (...next) => {
      faults.clear()
      faults.next(...next)
    },
  }
}
