import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createClientAddress, networkOf, type TrustProxy } from './client-address.ts';

const addressOf = (trust: TrustProxy, remoteAddress: string, forwarded?: string) =>
  createClientAddress(trust)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as IncomingMessage); // only these are read

test('without proxies the header means nothing', () => {
  expect(addressOf(undefined, '203.0.113.9', '127.0.0.1')).toBe('203.0.113.9');
  expect(addressOf(undefined, '::ffff:127.0.0.1')).toBe('127.0.0.1');
});

test('behind one proxy the last entry counts, whatever a caller wrote before it', () => {
  expect(addressOf(1, '10.0.0.1', '127.0.0.1, 203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf(1, '10.0.0.1')).toBe('10.0.0.1');
});

test('named proxies are believed, others are callers', () => {
  const trust = ['10.0.0.0/8', 'fdaa::/16'];
  expect(addressOf(trust, '10.0.0.1', '203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
  expect(addressOf(trust, 'fdaa::3', '203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf(trust, '198.51.100.7', '127.0.0.1')).toBe('198.51.100.7');
});

test('nonsense in the header is nobody, not loopback', () => {
  expect(addressOf(1, '10.0.0.1', 'localhost')).toBe('unknown');
});

test('of IPv6 a /64 counts as one caller, of IPv4 each address, however it is written', () => {
  expect(networkOf('2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(networkOf('2001:db8:1:2::'));
  expect(networkOf('2001:db8:1:3::')).not.toBe(networkOf('2001:db8:1:2::'));
  expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
  expect(networkOf('::ffff:cb00:7109')).toBe('203.0.113.9');
  expect(networkOf('unknown')).toBe('unknown');
});
