/** What `DisposableStack` does, which Node 20 lacks. */
export type Cleanup = Disposable & {
  defer(step: () => void): void
  dispose(): void
}

const open = new Set<Cleanup>()

// One listener for all of them: Node warns of a leak when an event has more than ten.
process.on('exit', () => {
  for (const cleanup of open) {
    try {
      cleanup.dispose()
    } catch {
      // Nobody is left to be told, and the other stacks still have to run.
    }
  }
})

/** Steps that undo what was set up, last first: `dispose()` runs them, or else the end of this process. */
export function cleanupAtExit(): Cleanup {
  const steps: (() => void)[] = []
  const dispose = () => {
    open.delete(cleanup)
    const failures: unknown[] = []
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) {
      throw failures[0]
    }
  }
  const cleanup: Cleanup = {
    defer: (step) => void steps.push(step),
    dispose,
    [Symbol.dispose]: dispose,
  }
  open.add(cleanup)
  return cleanup
}
