import { expect, test } from 'vitest';
import { envelopeOf } from '../parts.testing.ts';
import { type Ended, endingOf } from './ending.ts';

const ended = (changes: Partial<Ended> = {}): Ended => ({
  clientId: '"x"',
  method: 'tools/call',
  capabilities: {},
  lacking: null,
  serverMeta: '',
  ...changes,
});

const read = (members: object, changes: Partial<Ended> = {}) => {
  const ending = endingOf(envelopeOf({ id: 4, ...members }), ended(changes));
  return ending && 'message' in ending ? { status: ending.status, ...JSON.parse(ending.message) } : ending;
};

const failed = (code: number, data?: unknown) => ({ error: { code, message: 'm', ...(data ? { data } : {}) } });

test('a result gets the id of the client and what the modern era demands', () => {
  expect(read({ result: { content: [] } }, { serverMeta: '"s":1' })).toEqual({
    status: 200,
    jsonrpc: '2.0',
    id: 'x',
    result: { resultType: 'complete', _meta: { s: 1 }, content: [] },
  });
});

test.each([
  [-32601, -32601, 404],
  [-32602, -32602, 200],
  [-32002, -32602, 200],
  [-32021, -32603, 200],
  [-1, -1, 200],
])('the error %i becomes %i with the status %i', (code, modern, status) => {
  expect(read(failed(code, { a: 1 }))).toMatchObject({
    status,
    id: 'x',
    error: { code: modern, message: 'm', data: { a: 1 } },
  });
});

test('a call that failed for want of a capability names it, and one that succeeded all the same does not', () => {
  const lacking = { sampling: {} };
  const lack = { status: 400, id: 'x', error: { code: -32021, data: { requiredCapabilities: lacking } } };
  expect(read(failed(-1), { lacking })).toMatchObject(lack);
  expect(read({ result: { isError: true } }, { lacking })).toMatchObject(lack);
  expect(read({ result: { isError: false } }, { lacking })).toMatchObject({ status: 200 });
  expect(read({ result: { content: [] } }, { lacking })).toMatchObject({ status: 200 });
  expect(read({ result: { isError: true } })).toMatchObject({ status: 200, result: { isError: true } });
});

test('elicitations that an error names become input requests, for a client that can open addresses', () => {
  const data = { elicitations: [{ elicitationId: 'e', url: 'u', message: 'm' }, 1, { mode: 'form' }] };
  expect(read(failed(-32042, data), { capabilities: { elicitation: { url: {} } } })).toEqual({
    inputRequests: {
      elicitation_1: { method: 'elicitation/create', params: { mode: 'url', url: 'u', message: 'm' } },
      elicitation_2: { method: 'elicitation/create', params: { mode: 'form' } },
    },
  });
  expect(read(failed(-32042, { elicitations: 1 }), { capabilities: { elicitation: { url: {} } } })).toEqual({
    inputRequests: {},
  });
  expect(read(failed(-32042, data), { capabilities: { elicitation: {} } })).toMatchObject({
    status: 400,
    error: { code: -32021, data: { requiredCapabilities: { elicitation: { url: {} } } } },
  });
});
