import { expect, test } from 'vitest';
import { envelopeOf } from '../parts.testing.ts';
import { legacyAnswer } from './legacy-answer.ts';

const answerTo = (method: string, answer: object) =>
  JSON.parse(legacyAnswer(envelopeOf({ id: 7, method }), envelopeOf({ id: 7, ...answer })));

test('a result loses the members that only the modern era has', () => {
  const result = { resultType: 'complete', ttlMs: 1, cacheScope: 'x', tools: [] };
  expect(answerTo('tools/list', { result })).toEqual({ jsonrpc: '2.0', id: 7, result: { tools: [] } });
});

test('an answer of a kind that legacy clients do not know is an error', () => {
  expect(answerTo('tools/call', { result: { resultType: 'task' } })).toMatchObject({ id: 7, error: { code: -32603 } });
});

test('a tool keeps an output schema that is an object, and loses any other', () => {
  const tools = [
    { name: 'a', outputSchema: { type: 'object' } },
    { name: 'b', outputSchema: { type: 'array' } },
    { name: 'c', outputSchema: true },
    { name: 'd' },
  ];
  expect(answerTo('tools/list', { result: { tools } }).result.tools).toEqual([
    tools[0],
    { name: 'b' },
    tools[2],
    tools[3],
  ]);
  expect(answerTo('prompts/list', { result: { tools } }).result.tools).toEqual(tools);
  expect(answerTo('tools/list', { result: { tools: 'outputSchema', outputSchema: 1 } }).result.tools).toBe(
    'outputSchema',
  );
});

test('a call keeps structured content that is an object, and loses any other', () => {
  const structured = (method: string, structuredContent: unknown) =>
    answerTo(method, { result: { content: [], structuredContent } }).result;
  expect(structured('tools/call', { a: 1 })).toEqual({ content: [], structuredContent: { a: 1 } });
  expect(structured('tools/call', [1])).toEqual({ content: [] });
  expect(structured('prompts/get', [1])).toEqual({ content: [], structuredContent: [1] });
});

test('a resource that does not exist has the code of the legacy era', () => {
  const error = { code: -32602, message: 'none', data: { uri: 'a' } };
  expect(answerTo('resources/read', { error }).error).toEqual({ ...error, code: -32002 });
  expect(answerTo('tools/call', { error }).error).toEqual(error);
  expect(answerTo('resources/read', { error: { ...error, data: {} } }).error.code).toBe(-32602);
  expect(answerTo('resources/read', { error: { ...error, code: -32000 } }).error.code).toBe(-32000);
});

test.each([
  [-32020, -32603],
  [-32099, -32603],
  [-32019, -32019],
  [-32100, -32100],
  [-32601, -32601],
])('the error code %i of the modern era is %i', (code, expected) => {
  expect(answerTo('tools/call', { error: { code, message: 'm', data: 1 } }).error).toEqual({
    code: expected,
    message: 'm',
    data: 1,
  });
});

test('an error that is not an object passes as it is', () => {
  expect(answerTo('tools/call', { error: 'broken' }).error).toBe('broken');
});
