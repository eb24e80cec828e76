import { expect, test } from 'vitest';
import { peerOf } from '../parts.testing.ts';
import { createQuestions, missingCapability } from './questions.ts';

const URL_MODE = '{"mode":"url"}';
const elicit = (id: string, params: string | null = '{"message":"?"}') => ({
  id,
  method: 'elicitation/create',
  params,
});

test.each<[string, string | null, Record<string, unknown>, Record<string, unknown> | null]>([
  ['elicitation/create', '{}', { elicitation: {} }, null],
  ['elicitation/create', null, { elicitation: {} }, null],
  ['elicitation/create', '{}', {}, { elicitation: {} }],
  ['elicitation/create', '{}', { elicitation: null }, { elicitation: {} }],
  ['elicitation/create', '{}', { elicitation: true }, { elicitation: {} }],
  ['elicitation/create', URL_MODE, { elicitation: {} }, { elicitation: { url: {} } }],
  ['elicitation/create', URL_MODE, { elicitation: { url: null } }, { elicitation: { url: {} } }],
  ['elicitation/create', URL_MODE, { elicitation: { url: {} } }, null],
  ['sampling/createMessage', URL_MODE, { sampling: {} }, null],
  ['sampling/createMessage', '{}', { roots: {} }, { sampling: {} }],
  ['roots/list', null, { roots: {} }, null],
  ['roots/list', null, {}, { roots: {} }],
  ['tools/call', null, {}, null],
])('for %s with %s a client with %j lacks %j', (method, params, capabilities, missing) => {
  expect(missingCapability({ method, params }, capabilities)).toEqual(missing);
});

test('questions have keys of their own, and lose what the modern era has dropped', () => {
  const questions = createQuestions(peerOf().peer);
  questions.add(elicit('1', '{"message":"é","elicitationId":"e","task":{}}'));
  questions.add({ id: '2', method: 'roots/list', params: null });
  questions.add({ id: '3', method: 'sampling/createMessage', params: '{"task":{}}' });
  questions.add({ id: '4', method: 'other', params: null });
  expect(JSON.parse(questions.asInputRequests())).toEqual({
    elicitation_1: { method: 'elicitation/create', params: { message: 'é' } },
    roots_2: { method: 'roots/list' },
    sampling_3: { method: 'sampling/createMessage', params: { task: {} } },
    question_4: { method: 'other' },
  });
  expect([questions.size, questions.has('roots_2'), questions.has('roots_1')]).toEqual([4, true, false]);
});

test('counts the characters of what is open', () => {
  const questions = createQuestions(peerOf().peer);
  questions.add(elicit('1', '12345'));
  questions.add({ id: '2', method: 'roots/list', params: null });
  questions.add(elicit('3', '123'));
  expect(questions.characters).toBe(8);
  questions.withdraw('1');
  expect([questions.characters, questions.size]).toEqual([3, 2]);
});

test('a response reaches the child once, and one without a question never', () => {
  const child = peerOf();
  const questions = createQuestions(child.peer);
  questions.add(elicit('"q"'));
  questions.respond('elicitation_2', '{}');
  questions.respond('elicitation_1', '{"a":1}');
  questions.respond('elicitation_1', '{"a":2}');
  expect(child.sent).toEqual(['{"jsonrpc":"2.0","id":"q","result":{"a":1}}']);
  expect(questions.size).toBe(0);
});

test('questions are given up silently, or refused', () => {
  const child = peerOf();
  const questions = createQuestions(child.peer);
  questions.add(elicit('1'));
  questions.add(elicit('2'));
  expect(questions.takeAll().map(({ id }) => id)).toEqual(['1', '2']);
  expect([questions.size, child.sent]).toEqual([0, []]);
  questions.add(elicit('3'));
  questions.refuseAll('no');
  expect(questions.size).toBe(0);
  expect(child.sent.map((text) => JSON.parse(text))).toEqual([
    { jsonrpc: '2.0', id: 3, error: { code: -32_000, message: 'no' } },
  ]);
});
