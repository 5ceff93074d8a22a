/** The fields of a request in the log. There is none for its URL, query, headers or body. */
export interface AccessLine {
  method: string;
  /** The route pattern, for example `/v1/users/:id`; undefined when no route matched. */
  route: string | undefined;
  status: number;
  durationMs: number;
  /** True when the client disconnected before it had the whole response. */
  aborted?: boolean;
  /** The bytes of the response body. */
  bytes?: number | undefined;
  requestId: string;
  principalId?: string | undefined;
  traceId?: string | undefined;
  /** The network of the client, as a /24 or /64; undefined when its address is unknown. */
  clientNetwork: string | undefined;
}

/** Writes the log line of a request, one for each. */
export function accessLog(logger: { info(fields: object, message: string): void }, line: AccessLine): void {
  logger.info(
    {
      method: line.method,
      route: line.route ?? 'unmatched',
      status: line.status,
      duration_ms: Math.round(line.durationMs * 100) / 100,
      aborted: line.aborted || undefined,
      bytes: line.bytes,
      request_id: line.requestId,
      principal_id: line.principalId,
      trace_id: line.traceId,
      client_net: line.clientNetwork,
    },
    'request',
  );
}
