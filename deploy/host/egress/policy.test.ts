import { describe, expect, test } from 'vitest';
import type { Egress } from '../wall-contract.ts';
import { createPolicy, entryOfConnection } from './policy.ts';

const open = (policy: Egress['policy'], hosts: string[], mayNamePrivate = true) =>
  createPolicy({ policy, hosts }, { mayNamePrivate, isOwn: (address) => address === '198.41.0.4' });

describe('everything public', () => {
  const policy = open('PUBLIC', []);

  test('lets a server reach public addresses by name and number', () => {
    expect(policy.ofName('api.example.com')).toBeNull();
    expect(policy.ofConnection('1.1.1.1', 443, [])).toBeNull();
    expect(policy.ofConnection('2606:4700:4700::1111', 443, [])).toBeNull();
  });

  test.each([
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '168.63.129.16',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '198.41.0.4',
  ])('denies %s, also where a public name leads to it', (address) => {
    expect(policy.ofConnection(address, 443, [])).toMatchObject({ rule: 'EGRESS_PRIVATE_ADDRESS' });
    expect(policy.ofConnection(address, 443, ['api.example.com'])).toMatchObject({ rule: 'EGRESS_PRIVATE_ADDRESS' });
    expect(policy.reachable('api.example.com', [address, '1.1.1.1'])).toEqual(['1.1.1.1']);
  });
});

describe('a private address', () => {
  test('is opened by its own entry, on its port', () => {
    const policy = open('PUBLIC', ['10.0.0.7:5432', 'localhost:11434']);
    expect(policy.ofConnection('10.0.0.7', 5432, [])).toBeNull();
    expect(policy.ofConnection('10.0.0.7', 443, [])).not.toBeNull();
    expect(policy.ofConnection('::1', 11434, [])).toBeNull();
    expect(policy.ofConnection('127.0.0.1', 80, [])).not.toBeNull();
  });

  test('is opened by a name that only a private network gives', () => {
    const policy = open('LISTED', ['nas.lan']);
    expect(policy.reachable('nas.lan', ['192.168.1.5'])).toEqual(['192.168.1.5']);
    expect(policy.ofConnection('192.168.1.5', 443, ['nas.lan'])).toBeNull();
  });

  test('is not opened by a public name, whose owner chooses where it leads', () => {
    const policy = open('LISTED', ['api.example.com', '*.example.com']);
    expect(policy.reachable('api.example.com', ['169.254.169.254'])).toEqual([]);
    expect(policy.ofConnection('169.254.169.254', 80, ['api.example.com'])).not.toBeNull();
  });

  test('is opened by no entry where several people use the computer', () => {
    const policy = open('PUBLIC', ['10.0.0.7', 'nas.lan', 'localhost:5432'], false);
    expect(policy.ofConnection('10.0.0.7', 5432, [])).toMatchObject({ entry: null });
    expect(policy.reachable('nas.lan', ['192.168.1.5'])).toEqual([]);
    expect(policy.ofConnection('127.0.0.1', 5432, [])).toMatchObject({ entry: null });
  });
});

describe('a list', () => {
  const policy = open('LISTED', ['api.example.com:443', '*.cdn.example', '9.9.9.9']);

  test('lets through what it names', () => {
    expect(policy.ofName('api.example.com')).toBeNull();
    expect(policy.ofConnection('1.1.1.1', 443, ['api.example.com'])).toBeNull();
    expect(policy.ofConnection('1.1.1.1', 22, ['a.b.cdn.example'])).toBeNull();
    expect(policy.ofConnection('9.9.9.9', 53, [])).toBeNull();
  });

  test('denies the rest, and says which entry would allow it', () => {
    expect(policy.ofName('evil.example')).toEqual({
      rule: 'EGRESS_NOT_LISTED',
      subject: 'evil.example',
      entry: 'evil.example',
    });
    expect(policy.ofConnection('1.1.1.1', 80, ['api.example.com'])?.entry).toBe('api.example.com:80');
    expect(policy.ofConnection('1.1.1.1', 443, [])?.entry).toBe('1.1.1.1:443');
  });
});

test('nothing is reached under NONE, whatever is listed', () => {
  const policy = open('NONE', ['api.example.com', '1.1.1.1']);
  expect(policy.ofName('api.example.com')).toMatchObject({ rule: 'EGRESS_NONE', entry: null });
  expect(policy.ofConnection('1.1.1.1', 443, ['api.example.com'])).toMatchObject({ rule: 'EGRESS_NONE' });
});

test('proposes entries for what was reached: names where there is one, and no port of the Web', () => {
  expect(entryOfConnection('1.1.1.1', 443, ['api.example.com', 'cdn.example.com'])).toBe('api.example.com');
  expect(entryOfConnection('1.1.1.1', 5432, ['db.example.com'])).toBe('db.example.com:5432');
  expect(entryOfConnection('1.1.1.1', 80, [])).toBe('1.1.1.1');
  expect(entryOfConnection('::1', 80, [])).toBe('localhost:80');
});
