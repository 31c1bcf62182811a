import type { Fault } from 'neon-local'

export type Faults = {
  /** For an endpoint to ask. */
  chooseFault(): Fault | undefined
  /** What goes wrong with every request from now on; nothing when undefined. */
  spoil(chosen: Fault | undefined): void
  /** What goes wrong with the next requests, one after the other; those behind them go well. */
  spoilNext(...chosen: readonly Fault[]): void
}

export function createFaults(): Faults {
  let fault: Fault | undefined
  let next: readonly Fault[] = []

  return {
    chooseFault: () => {
      const [first, ...rest] = next
      next = rest
      return first ?? fault
    },
    spoil: (chosen) => {
      fault = chosen
    },
    spoilNext: (...chosen) => {
      next = chosen
    },
  }
}
