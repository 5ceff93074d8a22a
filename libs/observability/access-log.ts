import { isIPv4 } from 'node:net';

/** What is said about a request. There is no field for its URL, query, headers or body. */
export interface AccessLine {
  method: string;
  /** The route pattern, for example `/v1/users/:id`; nothing when no route matched. */
  route: string | undefined;
  status: number;
  durationMs: number;
  /** The client went away before it had the whole response. */
  aborted?: boolean;
  /** Of the response body. */
  bytes?: number | undefined;
  requestId: string;
  principalId?: string | undefined;
  traceId?: string | undefined;
  /** The client's address; only its network is written. */
  clientAddress: string;
}

/** Writes the one line that a request leaves in the log. */
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
 * The network of an address, as the address itself tells of a person: /24 of IPv4, /64 of IPv6, which is what
 * one subscriber is usually given (RFC 6177).
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
