const breathMs = 10

/**
 * Gives a function to be awaited between steps of long work: now and then it lets the thread's other events through, so that
 * an abort is seen and progress shows.
 */
export function createBreath(): () => Promise<void> {
  let lastMs = performance.now()
  return async () => {
    if (performance.now() - lastMs < breathMs) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    lastMs = performance.now()
  }
}
