import { isIPv4 } from 'node:net';

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
  /** The address of the client, of which only the network is written. */
  clientAddress: string;
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
      client_net: networkOf(line.clientAddress),
    },
    'request',
  );
}

/**
 * Returns the network of an address, because the address itself identifies a person: the /24 of IPv4, or the /64 of IPv6,
 * which is what one subscriber usually gets (RFC 6177).
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) return plain.replace(/\.\d+$/, '.0/24');
  return `${prefix64(plain)}/64`;
}

function prefix64(address: string): string {
  const [head = '', tail = ''] = address.split('::').map((part) => part.split('%')[0]);
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeroes = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const network = [...left, ...zeroes, ...right].slice(0, 4);
  return `${network.join(':')}::`;
}
