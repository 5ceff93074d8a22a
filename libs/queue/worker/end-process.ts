/** The process has to end although nothing asks it to. */
class UnfitProcess extends Error {
  override readonly name = 'UnfitProcess';
}

/**
 * Ends the process in order and with a failure, so that its supervisor starts a fresh one: libs/lifecycle does that
 * for an error that nothing catches, and this is one.
 */
export function endProcess(reason: string): void {
  setImmediate(() => {
    throw new UnfitProcess(reason);
  });
}
