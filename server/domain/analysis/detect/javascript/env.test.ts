import { expect, test } from 'vitest';
import { readCode } from '../code/code-file.ts';
import { detectJavaScriptEnv } from './env.ts';

const detect = (text: string, path = 'index.ts') =>
  detectJavaScriptEnv(readCode({ files: [{ path, text }] }).javascript);
const names = (text: string) => [...new Set(detect(text).map((finding) => finding.name))];

test.each([
  ['process.env.A_KEY', ['A_KEY']],
  ['process.env["A_KEY"] ?? process?.env?.B_KEY', ['A_KEY', 'B_KEY']],
  ['const { A_KEY, B_KEY: b = "x" } = process.env;', ['A_KEY', 'B_KEY']],
  ['const env = process.env;\nuse(env.A_KEY)', ['A_KEY']],
  ['getEnv("A_KEY"); requireEnvVar(`B_KEY`)', ['A_KEY', 'B_KEY']],
  ['Deno.env.get("A_KEY"), Bun.env.B_KEY', ['A_KEY', 'B_KEY']],
  ['new Option("--x").env("A_KEY")', ['A_KEY']],
  ['function q(e){return process.env[e]}var k=q("A_KEY")', ['A_KEY']],
  ['z.object({\n  A_KEY: z.string(),\n  B_KEY: z.string().optional(),\n}).parse(process.env)', ['A_KEY', 'B_KEY']],
  ['process.env.A_KEY = "set, not read"', []],
  ['process.env.weather_city, process.env.npm_config_x, process.env.path', ['weather_city']],
  ['throw new Error("MAX_SIZE is required")', []],
  ['const A_KEY = 1; // process.envelope', []],
])('reads %j', (text, expected) => expect(names(text)).toEqual(expected));

test('a message that stands in a constant insists as well as one in place', () => {
  const text =
    'const MISSING_TOKEN = "A token is required. Set A_TOKEN.";\nprocess.env.A_TOKEN;\nthrow new Error(MISSING_TOKEN);';
  expect(detect(text)).toContainEqual(expect.objectContaining({ name: 'A_TOKEN', requirement: 'LAZY' }));
  const unused = text.replace('Error(MISSING_TOKEN)', 'Error(other)');
  expect(detect(unused).some(({ requirement }) => requirement === 'LAZY')).toBe(false);
});

test('gives file and line', () => {
  expect(detect('\n\nprocess.env.A_KEY', 'src/a.ts')[0]?.evidence).toEqual({
    kind: 'SOURCE_CODE',
    file: 'src/a.ts',
    line: 3,
    note: null,
  });
});

/** Everything that was found about the first variable. */
const first = (text: string) => {
  const found = detect(text);
  return found[0] && (Object.assign({}, ...found.filter(({ name }) => name === found[0]?.name)) as (typeof found)[0]);
};

test('a guard that ends the program makes it HARD, wherever it stands', () => {
  expect(
    first('const KEY = process.env.A_KEY;\nif (!KEY) {\n  console.error("no");\n  process.exit(1);\n}')?.requirement,
  ).toBe('HARD');
  expect(first('function main() {\n  if (!process.env.A_KEY) throw new Error("x");\n}')?.requirement).toBe('LAZY');
});

test('a guard of another variable of the same name proves nothing', () => {
  const text = `function a() {\n  const secret = process.env.A_KEY;\n  return secret;\n}\n${'\n'.repeat(2_000)}function b(secret) {\n  if (!secret) process.exit(1);\n}`;
  expect(first(text)?.requirement).toBeUndefined();
});

test('names that only negate each other are alternatives; a condition with a mode proves nothing', () => {
  const both = 'const a = process.env.A_KEY;\nconst b = process.env.B_KEY;\n';
  expect(first(`${both}if (!process.env.A_KEY && !process.env.B_KEY) {\n process.exit(1)\n}`)).toMatchObject({
    requirement: 'HARD',
    alternatives: ['A_KEY', 'B_KEY'],
  });
  expect(
    first(`const key = process.env.A_KEY;\nif (mode === "cloud" && !key) process.exit(1);`)?.requirement,
  ).toBeUndefined();
});

test('defaults, switches and numbers are seen where they are read', () => {
  expect(first('process.env.A_MODE ?? "fast"')).toMatchObject({ default: 'fast', requirement: 'OPTIONAL' });
  expect(first('console.log(process.env.A_MODE || "not set")')).not.toHaveProperty('default');
  expect(first('process.env.A_FLAG === "true"')).toMatchObject({ kind: 'BOOLEAN' });
  expect(first('Number(process.env.A_LIMIT || 20)')).toMatchObject({ kind: 'NUMBER', default: '20' });
});

test('an error message that names variables says that one of them is needed', () => {
  const text = 'process.env.A_KEY, process.env.B_KEY;\nthrow new Error("Either A_KEY or B_KEY is required");';
  expect(
    detect(text)
      .filter((finding) => finding.alternatives)
      .map(({ name }) => name),
  ).toEqual(['A_KEY', 'B_KEY']);
});

test.each([
  ['a comment', '// process.env.A_KEY\n/* getEnv("B_KEY") */'],
  ['a text for people', 'const help = "set process.env.A_KEY";'],
  ['an example in a template', 'write(`const key = process.env.A_KEY;\nif (!key) process.exit(1);`)'],
])('does not take %s for code', (_, text) => expect(names(text)).toEqual([]));

const needs = (text: string) =>
  Object.fromEntries(
    detect(text).flatMap(({ name, requirement, alternatives }) =>
      requirement ? [[name, [requirement, ...(alternatives ?? [])].join(' ')]] : [],
    ),
  );

test.each([
  [
    'two names in one variable behind one guard are alternatives',
    'let token = process.env.A_TKN || process.env.A_TOKEN;\nif (!token) { process.exit(1); }',
    { A_TKN: 'HARD A_TKN A_TOKEN', A_TOKEN: 'HARD A_TKN A_TOKEN' },
  ],
  [
    'a condition that ends without either of two needs both',
    'const url = process.env.A_URL;\nconst key = process.env.A_KEY;\nif (!url || !key) {\n  throw new Error("incomplete");\n}',
    { A_URL: 'HARD', A_KEY: 'HARD' },
  ],
  [
    'a function that only ends the program ends it for its callers',
    'const fail = (text) => { console.error(text); process.exit(1); };\nconst key = process.env.A_KEY;\nif (!key) fail("no key");',
    { A_KEY: 'HARD' },
  ],
  [
    'a function that may return ends nothing',
    'const check = (text) => { if (strict) process.exit(1); };\nconst key = process.env.A_KEY;\nif (!key) check("no key");',
    {},
  ],
  [
    'a mode in the condition proves nothing',
    'const key = process.env.A_KEY;\nif (!key && mode === "http") process.exit(1);',
    {},
  ],
])('%s', (_, text, expected) => expect(needs(text)).toEqual(expected));
