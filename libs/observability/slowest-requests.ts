/** A request that took long, with what finds its trace and its log lines. */
export interface SlowRequest {
  method: string;
  /** The pattern of the route. */
  route: string;
  status: number;
  seconds: number;
  /** When it was answered, ISO 8601. */
  at: string;
  requestId: string;
  traceId: string | undefined;
}

/** Requests that are kept until they are taken, and of any time that is merged: more of them say the same again. */
export const slowestKept = 5;

let slowest: SlowRequest[] = [];

/** Keeps the request that was just answered if it is among the slowest since the last call of {@link takeSlowest}. */
export function recordDuration(request: Omit<SlowRequest, 'at'>): void {
  if (slowest.length >= slowestKept && request.seconds <= slowest.at(-1)!.seconds) return;
  slowest = slowestOf([...slowest, { ...request, at: new Date().toISOString() }]);
}

/** Returns what was kept since the last call. Who cannot store it gives it back with {@link returnSlowest}. */
export function takeSlowest(): SlowRequest[] {
  const taken = slowest;
  slowest = [];
  return taken;
}

export function returnSlowest(taken: readonly SlowRequest[]): void {
  slowest = slowestOf([...taken, ...slowest]);
}

const slowestOf = (requests: SlowRequest[]) =>
  requests.sort((a, b) => b.seconds - a.seconds).slice(0, slowestKept);
