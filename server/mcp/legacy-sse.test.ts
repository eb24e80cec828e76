import { expect, test } from 'vitest';
import { createEndpointEventRewriter } from './legacy-sse.ts';

const rewrite = (...chunks: string[]): (string | null)[] => {
  const rewriter = createEndpointEventRewriter('m1');
  return chunks.map((chunk) => rewriter.push(Buffer.from(chunk, 'latin1'))?.toString('latin1') ?? null);
};

const REWRITTEN = 'event: endpoint\ndata: messages?sessionId=m1.s1\n\n';

test.each([
  ['event: endpoint\ndata: /messages?sessionId=s1\n\n', REWRITTEN],
  ['event:endpoint\r\ndata:/messages?sessionId=s1\r\n\r\n', REWRITTEN],
  ['data: http://other.example/x?sessionId=s1\nevent: endpoint\n\n', REWRITTEN],
  [': keep-alive\n\n: again\nevent: endpoint\ndata: ?sessionId=s1\n\n', `: keep-alive\n\n: again\n${REWRITTEN}`],
  ['event: endpoint\ndata: /m?a=1&sessionId=s1\n\n', 'event: endpoint\ndata: messages?a=1&sessionId=m1.s1\n\n'],
])('rewrites %j', (sent, passed) => {
  expect(rewrite(sent)).toEqual([passed]);
});

test.each([
  ['s1', 's1'],
  ['a%0d%0ab', null],
])('names the connection %s of the stream as %j once its event has come', (id, named) => {
  const rewriter = createEndpointEventRewriter('m1');
  expect(rewriter.connection).toBeNull();
  rewriter.push(Buffer.from(`event: endpoint\ndata: ?sessionId=${id}\n\n`));
  expect(rewriter.connection).toBe(named);
});

test('holds an event that comes in pieces, then passes everything as it is', () => {
  const later = 'event: endpoint\ndata: /messages?sessionId=s2\n\n';
  const sent = ['event: end', 'point\ndata: ?sessionId=s1\n', '\nevent: message\n', later];
  expect(rewrite(...sent)).toEqual(['', '', `${REWRITTEN}event: message\n`, later]);
});

test.each([
  ['another event', 'event: message\ndata: /messages?sessionId=s1\n\n'],
  ['no address', 'event: endpoint\nid: 1\n\n'],
  ['an address without a session', 'event: endpoint\ndata: /messages\n\n'],
  ['an address with an empty session', 'event: endpoint\ndata: /messages?sessionId=\n\n'],
  ['an address that cannot be read', 'event: endpoint\ndata: http://[\n\n'],
])('refuses a stream that begins with %s', (_what, sent) => {
  expect(rewrite(sent)).toEqual([null]);
});

test('refuses a first event of more than 4 kB, and waits for one that may still end', () => {
  const line = (bytes: number) => `event: endpoint\ndata: ${'x'.repeat(bytes - 22)}`;
  expect(rewrite(line(4_096))).toEqual(['']);
  expect(rewrite(line(4_096), 'x')).toEqual(['', null]);
});
