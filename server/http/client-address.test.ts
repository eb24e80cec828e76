import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createClientAddress, type TrustProxy } from './client-address.ts';

const addressOf = (trust: TrustProxy, remoteAddress: string, forwarded?: string) =>
  createClientAddress(trust)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as IncomingMessage); // only these are read

test('ignores X-Forwarded-For without a trusted proxy', () => {
  expect(addressOf(undefined, '203.0.113.9', '127.0.0.1')).toBe('203.0.113.9');
  expect(addressOf(undefined, '::ffff:127.0.0.1')).toBe('127.0.0.1');
});

test('takes the last entry behind one proxy and ignores what a caller wrote before it', () => {
  expect(addressOf(1, '10.0.0.1', '127.0.0.1, 203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf(1, '10.0.0.1')).toBe('10.0.0.1');
});

test('believes X-Forwarded-For of the named proxies alone', () => {
  const trust = ['10.0.0.0/8', 'fdaa::/16'];
  expect(addressOf(trust, '10.0.0.1', '203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
  expect(addressOf(trust, 'fdaa::3', '203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf(trust, '198.51.100.7', '127.0.0.1')).toBe('198.51.100.7');
});

test('reports an unreadable entry as unknown, not as loopback', () => {
  expect(addressOf(1, '10.0.0.1', 'localhost')).toBe('unknown');
});

const flyAddressOf = (remoteAddress: string, headers: Record<string, string>) =>
  createClientAddress('fly')({ socket: { remoteAddress }, headers } as unknown as IncomingMessage); // only these are read

test.each(['172.16.5.1', '::ffff:172.19.0.1', '10.1.2.3', '127.0.0.1'])(
  'believes Fly-Client-IP of Fly’s proxy at %s',
  (proxy) => {
    const forwarded = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9, 66.241.125.59' };
    expect(flyAddressOf(proxy, { 'fly-client-ip': '203.0.113.9', ...forwarded })).toBe('203.0.113.9');
    expect(flyAddressOf(proxy, { 'fly-client-ip': '2001:db8::9', ...forwarded })).toBe('2001:db8::9');
  },
);

test.each(['fdaa:0:1::3', '::1', '203.0.113.1'])('does not believe Fly-Client-IP of a peer at %s', (peer) => {
  expect(flyAddressOf(peer, { 'fly-client-ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.9' })).toBe(peer);
});

test('takes the peer behind Fly when Fly-Client-IP is missing, and unknown when it cannot be read', () => {
  expect(flyAddressOf('172.16.5.1', {})).toBe('172.16.5.1');
  expect(flyAddressOf('172.16.5.1', { 'fly-client-ip': 'localhost' })).toBe('unknown');
});
