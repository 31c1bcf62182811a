const open = new Set<DisposableStack>()

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
export function cleanupAtExit(): DisposableStack {
  const cleanup = new DisposableStack()
  open.add(cleanup)
  cleanup.defer(() => open.delete(cleanup))
  return cleanup
}
