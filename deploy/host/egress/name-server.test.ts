import { expect, test } from 'vitest';
import type { Egress } from '../wall-contract.ts';
import { RECORD } from './dns-message.ts';
import { createGrantedAddresses } from './granted-addresses.ts';
import { answerQuery } from './name-server.ts';
import { createPolicy, type Denial } from './policy.ts';

/** A query as a resolver of the C library sends it, with the option EDNS at its end. */
const query = (name: string, type: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1]),
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0, 0, type, 0, 1]),
    Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]),
  ]);

const NAMES: Record<string, string[]> = {
  'api.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'six.example.com': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'rebinding.example.com': ['127.0.0.1', '10.0.0.1'],
};

const ask = async (name: string, type: number, egress: Egress = { policy: 'PUBLIC', hosts: [] }) => {
  const granted = createGrantedAddresses();
  const denied: Denial[] = [];
  const message = query(name, type);
  const answer = await answerQuery(message, {
    policy: () => createPolicy(egress, { mayNamePrivate: false, isOwn: () => false }),
    granted,
    onDenied: (denial) => denied.push(denial),
    lookup: async (asked) =>
      NAMES[asked] ?? Promise.reject(Object.assign(new Error('There is no such name.'), { code: 'ENOTFOUND' })),
  });
  if (answer === null) throw new Error('There is no answer.');
  return { answer, granted, denied, rcode: answer.readUInt16BE(2) & 0xf, count: answer.readUInt16BE(6) };
};

test('answers with the addresses of a name, and knows by which name they were given', async () => {
  const { answer, granted, rcode, count } = await ask('API.example.com', RECORD.A);
  expect([rcode, count, answer.readUInt16BE(0)]).toEqual([0, 1, 0x1234]);
  expect([...answer.subarray(-4)]).toEqual([93, 184, 215, 14]);
  expect(granted.namesOf('93.184.215.14')).toEqual(['api.example.com']);
});

test('gives an address of IPv6 only where there is none of IPv4', async () => {
  expect((await ask('api.example.com', RECORD.AAAA)).count).toBe(0);
  const { answer, count } = await ask('six.example.com', RECORD.AAAA);
  expect(count).toBe(1);
  expect(answer.subarray(-16).toString('hex')).toBe('26062800021fcb07682080daaf6b8b2c');
});

test('hides a public name that leads to private addresses alone', async () => {
  const { rcode, denied, granted } = await ask('rebinding.example.com', RECORD.A);
  expect(rcode).toBe(3);
  expect(denied).toEqual([
    { rule: 'EGRESS_PRIVATE_ADDRESS', subject: 'rebinding.example.com (127.0.0.1)', entry: null },
  ]);
  expect(granted.namesOf('127.0.0.1')).toEqual([]);
});

test('does not look up a name that is not listed', async () => {
  const { rcode, denied } = await ask('api.example.com', RECORD.A, { policy: 'LISTED', hosts: ['other.example.com'] });
  expect(rcode).toBe(3);
  expect(denied.map(({ subject }) => subject)).toEqual(['api.example.com']);
});

test('says that an absent name is absent, and gives no hints of addresses past the check', async () => {
  const HTTPS = 65;
  expect((await ask('absent.example.com', RECORD.A)).rcode).toBe(3);
  expect((await ask('api.example.com', HTTPS)).count).toBe(0);
});

test.each([Buffer.alloc(0), Buffer.alloc(12), Buffer.from('not a message at all'), query('a', 1).subarray(0, 16)])(
  'ignores what is no query (%#)',
  async (message) => {
    const deps = { policy: () => createPolicy({ policy: 'NONE', hosts: [] }, { mayNamePrivate: false }) };
    expect(
      await answerQuery(message, { ...deps, granted: createGrantedAddresses(), onDenied: () => undefined }),
    ).toBeNull();
  },
);
