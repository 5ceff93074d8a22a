/** Milliseconds; each is shorter than the one of whoever waits for it. docs/operations.md has the whole ladder. */
export const timeouts = {
  headers: 10_000,
  request: 120_000,
  handler: 10_000,
  keepAlive: 72_000,
  check: 2000,
};
