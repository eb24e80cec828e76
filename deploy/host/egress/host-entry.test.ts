import { expect, test } from 'vitest';
import { canonicalAddress } from './addresses.ts';
import { formatHostEntry, matchesName, parseHostEntry } from './host-entry.ts';

test.each([
  ['api.example.com', { host: 'api.example.com', kind: 'name', port: null }],
  ['API.Example.com.:8443', { host: 'api.example.com', kind: 'name', port: 8443 }],
  ['*.example.com', { host: 'example.com', kind: 'wildcard', port: null }],
  ['bücher.example', { host: 'xn--bcher-kva.example', kind: 'name', port: null }],
  ['10.0.0.7:5432', { host: '10.0.0.7', kind: 'address', port: 5432 }],
  ['[2001:0DB8::1]:443', { host: '2001:db8::1', kind: 'address', port: 443 }],
  ['2001:db8::1', { host: '2001:db8::1', kind: 'address', port: null }],
  ['localhost:11434', { host: 'localhost', kind: 'name', port: 11434 }],
])('reads %s', (text, entry) => {
  expect(parseHostEntry(text)).toEqual(entry);
});

test.each([
  '',
  '*',
  '*.com',
  '*.localhost:80',
  'localhost',
  '127.0.0.1',
  '::1',
  'https://api.example.com',
  'api.example.com/path',
  'api.example.com:0',
  'api.example.com:99999',
  'a..b',
  'api.*.com',
  '300.1.1.1',
  '127.1:80',
  '0x7f.1:80',
])('refuses %j', (text) => {
  expect(parseHostEntry(text)).toBeNull();
});

test('writes an entry as it reads it', () => {
  for (const text of ['api.example.com', '*.example.com:8443', '[2001:db8::1]:443', '2001:db8::1', '10.0.0.7:1']) {
    const entry = parseHostEntry(text);
    expect(entry && formatHostEntry(entry)).toBe(text);
  }
});

test('a wildcard stands for names at any depth, and not for the domain itself', () => {
  const entry = parseHostEntry('*.example.com');
  const matches = (name: string) => entry !== null && matchesName(entry, name, 443);
  expect(['a.example.com', 'b.a.example.com'].filter(matches)).toHaveLength(2);
  expect(['example.com', 'badexample.com', 'example.com.evil.org'].filter(matches)).toEqual([]);
});

test('takes an address of IPv4 in IPv6 for the one of IPv4', () => {
  expect(canonicalAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(canonicalAddress('fe80::1%eth0')).toBe('fe80::1');
});
