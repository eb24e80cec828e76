import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createClientAddress, type TrustProxy } from './client-address.ts';

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
