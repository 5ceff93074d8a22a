import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { clientAddressOf, networkOf, parseAddress, proxyTest } from './client-address.js';

it.each([
  ['203.0.113.77', '203.0.113.77'],
  ['203.0.113.77:51234', '203.0.113.77'],
  ['::ffff:203.0.113.77', '203.0.113.77'],
  ['::FFFF:CB00:714D', '203.0.113.77'],
  ['0:0:0:0:0:ffff:203.0.113.77', '203.0.113.77'],
  ['[::ffff:203.0.113.77]:443', '203.0.113.77'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:51234', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%25eth0]:80', 'fe80::1'],
])('the address %s is %s', (text, expected) => {
  expect(parseAddress(text)).toBe(expected);
});

it.each([
  '',
  'unknown',
  '_hidden',
  'localhost:80',
  '203.0.113',
  '203.0.113.256',
  '203.0.113.077',
  '0xcb.0.113.77',
  '203.0.113.77:',
  '203.0.113.77:port',
  '203.0.113.77%eth0',
  '203.0.113.0/24',
  '[203.0.113.77]',
  '[2001:db8::1',
  '2001:db8::1]:80',
  '[2001:db8::1]x',
  '2001:db8:::1',
  '1:2:3:4:5:6:7:8:51234',
  '"203.0.113.77"',
  '203.0.113.77 198.51.100.1',
])('the text %j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

describe('the client', () => {
  const isProxy = proxyTest(['10.0.0.0/8', '2001:db8:1::/48', '::ffff:192.0.2.0/120', 'fe80::7%eth0']);
  const client = (remoteAddress: string | undefined, forwarded?: string) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return clientAddressOf({ socket: { remoteAddress }, headers } as IncomingMessage, isProxy);
  };

  it('is the peer of the connection unless that is a trusted proxy', () => {
    expect(client('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(client('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(client('10.0.0.1')).toBe('10.0.0.1');
    expect(client(undefined, '198.51.100.1')).toBeUndefined();
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8:1::7', '192.0.2.7', 'fe80::7'])(
    'is named by the trusted proxy %s',
    (proxy) => {
      expect(client(proxy, '198.51.100.1:4711')).toBe('198.51.100.1');
    },
  );

  it('is the last entry that is no proxy, also when proxies write ports and empty entries', () => {
    expect(client('10.0.0.1', '1.1.1.1, 198.51.100.1:4711,, 10.0.0.2:80,[2001:db8:1::9]:80,')).toBe(
      '198.51.100.1',
    );
    expect(client('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  });

  it('is unknown when the proxy names none: the entries before come from anybody', () => {
    expect(client('10.0.0.1', '198.51.100.1, unknown')).toBeUndefined();
    expect(client('10.0.0.1', '198.51.100.1, unknown, 10.0.0.2')).toBeUndefined();
  });
});

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
