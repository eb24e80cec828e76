import { expect, test } from 'vitest';
import { checkEgress } from './check-egress.ts';

const BEFORE = { egress: 'MACHINE', egressHosts: [] } as const;
const before = { ...BEFORE, egressHosts: [...BEFORE.egressHosts] };
const onePerson = { works: true, mayNamePrivate: true } as const;
const several = { works: true, mayNamePrivate: false } as const;
const none = { works: false, reason: 'There are no boxes.', hint: 'Install bubblewrap.' } as const;

test('writes hosts in their usual form, each once', () => {
  const input = { egress: 'LISTED', egressHosts: ['API.example.com', 'api.example.com.', 'localhost:5432'] } as const;
  expect(checkEgress(onePerson, input, before)).toEqual({
    egress: 'LISTED',
    egressHosts: ['api.example.com', 'localhost:5432'],
  });
});

test('keeps what is not given', () => {
  const kept = { egress: 'LISTED', egressHosts: ['a.example'] } as const;
  const row = { ...kept, egressHosts: [...kept.egressHosts] };
  expect(checkEgress(onePerson, { egress: 'PUBLIC' }, row)).toEqual({ egress: 'PUBLIC', egressHosts: ['a.example'] });
  expect(checkEgress(onePerson, { egressHosts: [] }, row)).toEqual({ egress: 'LISTED', egressHosts: [] });
});

test('refuses what is no host, and too many of them', () => {
  expect(() => checkEgress(onePerson, { egressHosts: ['https://a.example/'] }, before)).toThrow('cannot be listed');
  const many = Array.from({ length: 101 }, (_, index) => `h${index}.example`);
  expect(() => checkEgress(onePerson, { egressHosts: many }, before)).toThrow('up to 100');
});

test('closes the private network where several people use the computer', () => {
  for (const host of ['localhost:5432', '10.0.0.7', 'nas.lan', 'nas', '[::1]:80', '169.254.169.254'])
    expect(() => checkEgress(several, { egressHosts: [host] }, before), host).toThrow('Several people');
  expect(checkEgress(several, { egressHosts: ['api.example.com', '1.1.1.1'] }, before).egressHosts).toHaveLength(2);
});

test('limits nothing where no wall can be built, and lets a limit be lifted', () => {
  expect(() => checkEgress(none, { egress: 'NONE' }, before)).toThrow('There are no boxes.');
  expect(checkEgress(none, { egress: 'MACHINE' }, { egress: 'NONE', egressHosts: [] }).egress).toBe('MACHINE');
});
