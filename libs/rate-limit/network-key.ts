import { normalizeIp } from '@nestjs/throttler';

/**
 * Returns the part of a limit's key that stands for a client: its IPv4 address, or the /64 of its IPv6 address, because a
 * subscriber can use all addresses of at least a /64 (RFC 6177). All clients of unknown address share one key, so that nobody
 * escapes a limit by hiding.
 */
export function networkKeyOf(address: string | undefined): string {
  return address === undefined ? 'unknown' : normalizeIp(address);
}
