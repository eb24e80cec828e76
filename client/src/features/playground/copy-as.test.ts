import { expect, test } from 'vitest';
import { snippetsOf } from './copy-as.ts';

const target = { databaseId: 'd1', url: 'https://catwalk.example/api/mcp/d1', isPublic: true, schema: null };
const request = { kind: 'tool', name: "it's", template: false, args: { text: "a 'b'", deep: [true, null] } } as const;

const codeOf = (key: string) => snippetsOf(target, request).find((one) => one.key === key)?.code ?? '';

test('quotes the arguments for the shell', () => {
  expect(codeOf('catwalk')).toBe(`catwalk call d1 'it'\\''s' --input '{"text":"a '\\''b'\\''","deep":[true,null]}'`);
});

test('writes values as Python has them', () => {
  expect(codeOf('python')).toContain('"deep": [\n                True,\n                None,\n            ],');
});

test('sends no token to a public endpoint', () => {
  for (const { code } of snippetsOf(target, request)) expect(code).not.toContain('MCP_TOKEN');
});

test('offers the command line for tools alone', () => {
  const keys = snippetsOf(target, { ...request, kind: 'prompt' }).map(({ key }) => key);
  expect(keys).toEqual(['curl', 'typescript', 'python']);
});
