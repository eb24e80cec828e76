import { expect, test } from 'vitest';
import type { OfferedAnswers } from '#deploy/host/contract.ts';
import { responseOf } from '#deploy/response.testing.ts';
import { listKey } from '#server/domain/deployments/rows/offer.ts';
import { readHead } from '../request-head.ts';
import { testRoute } from '../route.testing.ts';
import { createAsleep } from './asleep.ts';

const VERSION = '2025-11-25';
const offer: OfferedAnswers = {
  openings: {},
  lists: { [listKey(VERSION, 'tools/list')]: '{"tools":["\u00c3\u00a4"]}' }, // a character for each byte
};

test('clients that do not read an answer wait for the same bytes of it', async () => {
  const asleep = createAsleep({
    offerOf: async () => offer,
    sessions: { open: async () => false, end: async () => {} },
  });
  const route = testRoute({ status: 'ASLEEP', releaseId: 'r', hasOffer: true, offerDigests: {} });
  const ask = async (id: string): Promise<Buffer[]> => {
    const { request: req, response: res } = responseOf();
    const written: Buffer[] = [];
    res.write = (chunk: Buffer) => written.push(chunk) > 0;
    const head = readHead(['mcp-session-id', 'm1.s', 'mcp-protocol-version', VERSION]);
    const path = { kind: 'main', deploymentId: 'd', view: null, query: '' } as const;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list' }));
    const request = { req, res, method: 'POST', path, head, cors: [], requestId: 'r', startedAtMs: 0, body } as const;
    const outcome = await asleep.answer(request, route, { kind: 'public', address: '' }, 'm1');
    expect(outcome.kind).toBe('answered');
    return written;
  };
  const [first, second] = [await ask('ä'), await ask('b')];
  expect(`${Buffer.concat(first)}}`).toBe('{"jsonrpc":"2.0","id":"ä","result":{"tools":["ä"]}}');
  expect(first[1]).toBe(second[1]);
});
