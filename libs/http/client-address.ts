import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** An address in brackets, which only IPv6 needs, or an IPv4 address with a port. Groups 1 and 2 are the address. */
const decorated = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/;

/** An IPv4 address that is mapped into IPv6, in the canonical form of IPv6. */
const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Returns the canonical form of an IP address, or undefined for any other text. The text may have a port (some proxies write
 * `203.0.113.7:51234` or `[2001:db8::1]:51234`) or a zone id, which are removed. The result is dotted decimal for IPv4, also
 * when it is mapped into IPv6, and RFC 5952 for IPv6.
 */
export function parseAddress(text: string): string | undefined {
  const [whole = text, inBrackets, withPort] = decorated.exec(text) ?? [];
  const address = inBrackets ?? withPort ?? whole;
  if (isIPv4(address)) return inBrackets === undefined ? address : undefined;
  if (!isIPv6(address)) return undefined;
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const canonical = hostname.slice(1, -1);
  const [, high, low] = mapped.exec(canonical) ?? [];
  return high && low ? dotted(high, low) : canonical;
}

function dotted(high: string, low: string): string {
  return [high, low]
    .map((hextet) => Number.parseInt(hextet, 16))
    .flatMap((number) => [number >> 8, number & 0xff])
    .join('.');
}

/** Returns a test of whether a canonical address belongs to one of these addresses and CIDRs. */
export function proxyTest(cidrs: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.replace(/%[^/]*/, '').split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return (address) => trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/**
 * Returns the address of the client: that of the connection, or behind trusted proxies the last one in X-Forwarded-For that
 * is not a trusted proxy. It is undefined when the proxy wrote something that is no address, because the entries before it
 * come from the client.
 */
export function clientAddressOf(
  { socket, headers }: IncomingMessage,
  isProxy: (address: string) => boolean,
): string | undefined {
  const hops = [headers['x-forwarded-for'] ?? []].flat().flatMap((field) => field.split(','));
  let address = parseAddress(socket.remoteAddress ?? '');
  for (const hop of hops
    .map((text) => text.trim())
    .filter(Boolean)
    .toReversed()) {
    if (address === undefined || !isProxy(address)) return address;
    address = parseAddress(hop);
  }
  return address;
}

/**
 * Returns the network of a canonical address, because the address itself identifies a person: the /24 of IPv4, or the /64 of
 * IPv6, which is what one subscriber usually gets (RFC 6177).
 */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address.replace(/\.\d+$/, '.0/24');
  const [head = '', tail = ''] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeroes = Array<string>(8 - left.length - right.length).fill('0');
  return `${[...left, ...zeroes, ...right].slice(0, 4).join(':')}::/64`;
}
