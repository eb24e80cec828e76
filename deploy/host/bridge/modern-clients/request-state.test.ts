import { expect, test } from 'vitest';
import { createRequestStates, digestOf } from './request-state.ts';

const origin = { principal: 'a', method: 'tools/call', digest: digestOf({ name: 'ask' }) };
const content = { call: 'c', round: 'r', expiresAt: 1_000 };

test('a state opens for the request that it was sealed for, until it expires', () => {
  const states = createRequestStates('m1');
  const state = states.seal(content, origin);
  expect(states.open(state, origin, 999)).toEqual(content);
  expect(states.open(state, origin, 1_000)).toBeNull();
});

test.each([
  ['principal', { ...origin, principal: 'b' }],
  ['method', { ...origin, method: 'prompts/get' }],
  ['digest', { ...origin, digest: digestOf({ name: 'other' }) }],
])('a state does not open for another %s', (_, other) => {
  const states = createRequestStates('m1');
  expect(states.open(states.seal(content, origin), other, 0)).toBeNull();
});

test('a state opens on the host that sealed it only', () => {
  const state = createRequestStates('m1').seal(content, origin);
  expect(createRequestStates('m1').open(state, origin, 0)).toBeNull();
});

test('no character of a state can be changed, added or left out', () => {
  const states = createRequestStates('m1');
  const state = states.seal(content, origin);
  for (let at = 0; at < state.length; at += 1) {
    const other = state[at] === 'A' ? 'B' : 'A';
    expect(states.open(state.slice(0, at) + other + state.slice(at + 1), origin, 0)).toBeNull();
    expect(states.open(state.slice(0, at) + state.slice(at + 1), origin, 0)).toBeNull();
    expect(states.open(`${state.slice(0, at)} ${state.slice(at)}`, origin, 0)).toBeNull();
  }
  for (const none of [undefined, null, 7, '', 'A', {}]) expect(states.open(none, origin, 0)).toBeNull();
});

test('the digest ignores the order of members and what differs between rounds, and nothing else', () => {
  const params = { name: 'ask', arguments: { a: 1, b: [{ c: 2, d: 3 }] } };
  const later = {
    requestState: 's',
    arguments: { b: [{ d: 3, c: 2 }], a: 1 },
    inputResponses: {},
    _meta: { x: 1 },
    name: 'ask',
  };
  expect(digestOf(later)).toBe(digestOf(params));
  expect(digestOf({ ...params, arguments: { a: 1, b: [{ c: 2, d: 4 }] } })).not.toBe(digestOf(params));
  expect(digestOf({ ...params, arguments: { a: '1', b: [{ c: 2, d: 3 }] } })).not.toBe(digestOf(params));
});
