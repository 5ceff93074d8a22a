/** The windows over which the burn rate is measured, in seconds. */
export const windows = { '5m': 300, '30m': 1800, '1h': 3600, '6h': 21_600, '3d': 259_200 } as const;
export type Window = keyof typeof windows;

/** The share of requests of 30 days that must succeed. */
export const availability = 0.999;

export interface Tally {
  requests: number;
  failed: number;
}

/** Returns how many times faster than allowed the error budget is used up, or null without requests. */
export function burnRate({ requests, failed }: Tally): number | null {
  return requests === 0 ? null : failed / requests / (1 - availability);
}

/** Returns the part of the error budget that is left; less than 0 when it is overdrawn. */
export function budgetLeft({ requests, failed }: Tally): number | null {
  return requests === 0 ? null : 1 - failed / (requests * (1 - availability));
}

/**
 * Decides who has to act, as the SRE workbook of Google does (chapter 5): a long window shows that it matters, a short one that it
 * still goes on. ops/prometheus/rules.yml has the same figures.
 */
export function stateOf(burn: Record<Window, number | null>): 'ok' | 'ticket' | 'page' {
  const both = (long: Window, short: Window, limit: number) =>
    (burn[long] ?? 0) > limit && (burn[short] ?? 0) > limit;
  if (both('1h', '5m', 14.4) || both('6h', '30m', 6)) return 'page';
  return both('3d', '6h', 1) ? 'ticket' : 'ok';
}
