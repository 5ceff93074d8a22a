/** Seconds, as the semantic conventions of OpenTelemetry advise for requests. */
export const requestSecondsBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

/** Seconds. A job may start after milliseconds and may run for an hour. */
export const jobSecondsBuckets = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
] as const;

/** Bytes, from a short answer to a large one. */
export const bytesBuckets = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000] as const;
