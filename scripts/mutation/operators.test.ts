import { expect, test } from 'vitest';
import { applyMutation, findMutations } from './operators.ts';

const broken = (source: string): string[] =>
  findMutations('file.ts', source).map((mutation) => applyMutation(source, mutation));

test.each([
  ['a < b', ['a <= b']],
  ['a === b', ['a !== b']],
  ['a && b', ['a || b']],
  ['a + b', ['a - b']],
  ['2 ** n', ['3 ** n', '2 * n']],
  ['!a', ['a']],
  ['true', ['false']],
  ['60_000', ['600000']],
  ['Math.min(a, b)', ['Math.max(a, b)']],
  ["'RUNNING'", ["'mutated'"]],
  ['a ? b : c', ['true ? b : c', 'false ? b : c']],
])('breaks %s', (expression, expected) => {
  expect(broken(`f = ${expression};`).filter((text) => text !== ';')).toEqual(expected.map((text) => `f = ${text};`));
});

test('removes calls, assignments and throws', () => {
  expect(broken('run();')).toEqual([';']);
  expect(broken('throw error;')).toEqual([';']);
  expect(broken('function f() { return; }')).toEqual(['function f() { ; }']);
});

test('finds the operator between its operands, not the one in a comment', () => {
  expect(broken('f = a /* < */ < b;')).toContain('f = a /* < */ <= b;');
});

test.each([
  'import { a } from "package";',
  "type A = 'RUNNING' | { kind: 'rest' };",
  'const f = (a: 1) => a as 2;',
  "log.warn({ id: 1 }, 'failed');",
  'timer.unref();',
  "const message = 'The machine did not start.';",
])('leaves %s alone', (source) => {
  expect(broken(source)).toEqual([]);
});

test('joins no texts with a minus', () => {
  expect(broken("f = 'The answer: ' + a;").filter((text) => text.includes('-'))).toEqual([]);
});

test('changes nothing that goes over several lines', () => {
  expect(broken('run({\n  a,\n});')).toEqual([]);
});

test('names the line', () => {
  expect(findMutations('file.ts', 'a();\n\nb();').map(({ line }) => line)).toEqual([1, 3]);
});
