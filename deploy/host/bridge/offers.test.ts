import { expect, test } from 'vitest';
import { scan } from './json-rpc.ts';
import { createOffers } from './offers.ts';

const VERSION = '2025-11-25';

/** The questions to which an answer is kept after a client sent these params. */
const keptAfter = (params: string): string[] => {
  const offers = createOffers((text) => text);
  const request = scan(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`);
  const reply: { requestId: string; onAnswer: ((message: string) => void) | null } = { requestId: 'r', onAnswer: null };
  if (request) offers.watch(VERSION, request, reply);
  reply.onAnswer?.('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}');
  return Object.keys(offers.read().answers?.lists ?? {});
};

test('keeps the answer to a page of a list', () => {
  expect(keptAfter('{}')).toEqual([`${VERSION}\ntools/list\n`]);
  expect(keptAfter('{"_meta":{"cursor":1}}')).toEqual([`${VERSION}\ntools/list\n`]);
  expect(keptAfter('{"cursor":"a","_meta":{}}')).toEqual([`${VERSION}\ntools/list\n"a"`]);
});

test.each([
  ['a name that a list does not have', '{"filter":"mine"}'],
  ['a cursor whose name is written with escapes', String.raw`{"\u0063ursor":"a"}`],
  ['another name that is written with escapes', String.raw`{"\u0066ilter":"mine"}`],
  ['two cursors', '{"cursor":"a","cursor":"b"}'],
  ['a cursor that is no text', '{"cursor":{"a":1}}'],
])('gives no client the answer to a question of its own: %s', (_, params) => {
  expect(keptAfter(params)).toEqual([]);
});
