import { expect, test } from 'vitest';
import { principalInView } from '../view-contract.ts';
import { scan } from './json-rpc.ts';
import { createOffers } from './offers.ts';

const VERSION = '2025-11-25';
const session = { principal: 'ann', requestedVersion: VERSION };

type WatchedReply = Parameters<ReturnType<typeof createOffers>['watch']>[2];
const newReply = (): WatchedReply => ({ requestId: 'r', session, onAnswer: null });

/** The questions to which an answer is kept after a client sent these params. */
const keptAfter = (params: string): string[] => {
  const offers = createOffers((text) => text);
  const request = scan(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`);
  const reply = newReply();
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

/** The offer after answers to `initialize` and to pages of `tools/list`, in their order. */
const offerAfter = (
  { opened = [], pages = [] }: { opened?: string[]; pages?: [string, unknown][] },
  redact = (text: string) => text,
) => {
  const offers = createOffers(redact);
  for (const result of opened) offers.opened(session, result);
  for (const [cursor, result] of pages) {
    const request = scan(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"${cursor}"}}`);
    const reply = newReply();
    if (request) offers.watch(VERSION, request, reply);
    reply.onAnswer?.(`{"jsonrpc":"2.0","id":1,"result":${JSON.stringify(result)}}`);
  }
  return offers.read();
};

test('an answer that comes again is kept once, and one that differs shows that the offer varies', () => {
  expect(offerAfter({ opened: ['1', '1'] })).toEqual({
    varies: false,
    answers: { openings: { [VERSION]: '1' }, lists: {} },
  });
  expect(offerAfter({ opened: ['1', '2'] })).toMatchObject({ varies: true, answers: { openings: { [VERSION]: '2' } } });
  expect(
    offerAfter({
      pages: [
        ['a', 1],
        ['b', 2],
      ],
    }).varies,
  ).toBe(false);
});

test('an offer with a secret in it is not given away', () => {
  const redact = (text: string) => text.replace('sécret', '***');
  const wire = Buffer.from('"sécret"').toString('latin1');
  expect(offerAfter({ opened: [wire] }, redact)).toEqual({ varies: false, answers: null });
  expect(offerAfter({ opened: ['"plain"'] }, redact).answers).not.toBeNull();
});

test('64 pages are given away, and no more', () => {
  const pages = (count: number) => Array.from({ length: count }, (_, at): [string, unknown] => [`p${at}`, at]);
  expect(Object.keys(offerAfter({ pages: pages(64) }).answers?.lists ?? {})).toHaveLength(64);
  expect(offerAfter({ pages: pages(65) }).answers).toBeNull();
});

test('two megabytes are given away, and no more; an answer that is replaced counts once', () => {
  const half = 'x'.repeat(1024 * 1024 - 2);
  const pages = (...sizes: [string, string][]): [string, unknown][] => sizes;
  expect(offerAfter({ pages: pages(['a', half], ['b', half]) }).answers).not.toBeNull();
  expect(offerAfter({ pages: pages(['a', half], ['b', `${half}x`]) }).answers).toBeNull();
  expect(offerAfter({ pages: pages(['a', half], ['a', half.replace('x', 'y')], ['b', half]) }).answers).not.toBeNull();
});

test('errors and requests that are no lists are not kept', () => {
  const offers = createOffers((text) => text);
  const reply = newReply();
  const call = scan('{"jsonrpc":"2.0","id":1,"method":"tools/call"}');
  if (call) offers.watch(VERSION, call, reply);
  const answer = scan('{"jsonrpc":"2.0","id":1,"result":{}}');
  if (answer) offers.watch(VERSION, answer, reply);
  expect(reply.onAnswer).toBeNull();
  const list = scan('{"jsonrpc":"2.0","id":1,"method":"prompts/list"}');
  if (list) offers.watch(VERSION, list, reply);
  reply.onAnswer?.('{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}');
  reply.onAnswer?.('nonsense');
  expect(offers.read().answers?.lists).toEqual({});
  reply.onAnswer?.('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(offers.read().answers?.lists).toEqual({ [`${VERSION}\nprompts/list\n`]: '{}' });
});

test('what a client of a view received is no offer of the server', () => {
  const offers = createOffers((text) => text);
  const inView = { ...session, principal: principalInView('ann', 'v1') };
  offers.opened(inView, '{}');
  const reply: WatchedReply = { ...newReply(), session: inView };
  const list = scan('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
  if (list) offers.watch(VERSION, list, reply);
  expect([reply.onAnswer, offers.read()]).toEqual([null, { varies: false, answers: { openings: {}, lists: {} } }]);
});
