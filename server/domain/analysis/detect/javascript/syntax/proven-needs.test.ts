import { expect, test } from 'vitest';
import { readCode } from '../../code/code-file.ts';
import { createHeldVariables } from './held-variables.ts';
import { provenNeeds } from './proven-needs.ts';
import { startPathOf } from './start-path.ts';
import { treeOf } from './tree.ts';

function needsOf(files: string | Record<string, string>) {
  const texts = typeof files === 'string' ? { 'index.js': files } : files;
  const code = readCode({ files: Object.entries(texts).map(([path, text]) => ({ path, text })) });
  const trees = code.javascript.flatMap((file) => treeOf(file) ?? []);
  const found = provenNeeds(trees, createHeldVariables(trees, new Map()), startPathOf(trees, 'index.js')).map(
    ({ name, requirement, alternatives, scope }) =>
      [name, requirement, alternatives && `one of ${alternatives.join(' ')}`, scope].filter(Boolean).join(' '),
  );
  return [...new Set(found)];
}

test.each([
  ['a guard', 'if (!process.env.A_KEY) throw new Error("x");', ['A_KEY HARD']],
  [
    'a guard of a constant',
    'const key = process.env.A_KEY?.trim();\nif (key === undefined) process.exit(1);',
    ['A_KEY HARD'],
  ],
  [
    'a guard of a property',
    'const config = { key: process.env.A_KEY };\nif (!config.key) process.exit(1);',
    ['A_KEY HARD'],
  ],
  [
    'a function that fails',
    'const fail = (t) => { console.error(t); process.exit(1); };\nconst k = process.env.A_KEY;\nk || fail("x");',
    ['A_KEY HARD'],
  ],
  [
    'a helper that throws',
    'function u(e){const n=process.env[e];if(!n)throw new Error(e);return n}const c={a:u("A_KEY"),b:u("B_KEY")};',
    ['A_KEY HARD', 'B_KEY HARD'],
  ],
  [
    'a function that the start calls',
    'function load() { if (!process.env.A_KEY) throw new Error("x"); }\nasync function main() { load(); }\nmain().catch((e) => { process.exit(1); });',
    ['A_KEY HARD'],
  ],
  [
    'a check that refuses, and a caller that ends then',
    'const check = () => { const missing = ["A_KEY", "B_KEY"].filter((n) => !process.env[n]); if (missing.length) { return false; } return true; };\nif (!check()) process.exit(1);',
    ['A_KEY HARD', 'B_KEY HARD'],
  ],
  [
    'a guard that refuses, through a variable',
    'function isReady() { if (!process.env.A_KEY) return false; return true; }\nfunction main() { const ok = isReady(); if (!ok) { process.exit(1); } }\nmain();',
    ['A_KEY HARD'],
  ],
  [
    'a check whose refusal is only reported',
    'function isReady() { if (!process.env.A_KEY) return false; return true; }\nif (!isReady()) console.error("not ready");',
    [],
  ],
  [
    'a schema that parses an object of variables',
    'const Config = z.object({ key: z.string(), mail: z.string().optional(), host: z.string().default("h") });\nConst = Config.parse({ key: process.env.A_KEY, mail: process.env.A_MAIL, host: process.env.A_HOST });',
    ['A_KEY HARD'],
  ],
  [
    'a schema that refuses the empty text, and a program that ends behind safeParse',
    'const Config = z.object({ key: z.string().min(1), name: z.string() });\nfunction load() { const raw = { key: process.env.A_KEY || "", name: process.env.A_NAME || "" }; const result = Config.safeParse(raw); if (!result.success) { throw new Error("x"); } return result.data; }\nload();',
    ['A_KEY LAZY', 'A_KEY HARD'],
  ],
  [
    'a schema whose refusal is only reported',
    'const Config = z.object({ key: z.string() });\nconst result = Config.safeParse({ key: process.env.A_KEY });\nif (!result.success) console.error("x");',
    [],
  ],
  [
    'a name as fallback',
    'const t = process.env.A_TKN || process.env.A_TOKEN || "";\nif (!t) process.exit(1);',
    ['A_TKN HARD one of A_TKN A_TOKEN', 'A_TOKEN HARD one of A_TKN A_TOKEN'],
  ],
  [
    'two that negate each other',
    'if (!process.env.A_KEY && !process.env.B_KEY) process.exit(1);',
    ['A_KEY HARD one of A_KEY B_KEY', 'B_KEY HARD one of A_KEY B_KEY'],
  ],
  [
    'a refinement',
    'z.object({}).refine((d) => d.A_KEY || (d.B_MAIL && d.B_PASS)).parse(process.env);',
    [
      'A_KEY HARD one of A_KEY B_MAIL',
      'B_MAIL HARD one of A_KEY B_MAIL',
      'A_KEY HARD one of A_KEY B_PASS',
      'B_PASS HARD one of A_KEY B_PASS',
    ],
  ],
  [
    'a list of names',
    'const REQUIRED = ["A_KEY", { name: "B_KEY", required: false }, { name: "C_KEY" }];\nconst missing = REQUIRED.filter((name) => !process.env[name]);\nif (missing.length) process.exit(1);',
    ['A_KEY HARD', 'C_KEY HARD'],
  ],
  ['a loop over names', 'for (const name of ["A_KEY"]) if (!process.env[name]) throw new Error(name);', ['A_KEY HARD']],
  [
    'a schema under another name',
    'z.object({ key: z.string().min(1), more: z.string().optional() }).parse({ key: process.env.A_KEY || "", more: process.env.B_KEY });',
    ['A_KEY LAZY'],
  ],
])('proves a need by %s', (_, text, expected) => expect(needsOf(text)).toEqual(expected));

test.each([
  ['a default', 'const key = process.env.A_KEY ?? "x";\nif (!key) throw new Error();', []],
  ['a mode that the code does not decide', 'if (mode === "cloud" && !process.env.A_KEY) process.exit(1);', []],
  ['a branch that the code does not decide', 'if (cloud) { if (!process.env.A_KEY) process.exit(1); }', ['A_KEY']],
  ['another source of the value', 'const key = process.env.A_KEY || readKey();\nif (!key) process.exit(1);', []],
  [
    'the mode for HTTP',
    'if (process.argv.includes("--http")) { if (!process.env.A_KEY) process.exit(1); }',
    ['A_KEY http'],
  ],
  [
    'a handler that runs later',
    'server.tool("a", () => { if (!process.env.A_KEY) throw new Error(); });',
    ['A_KEY LAZY'],
  ],
  [
    'a place where the throw is caught',
    'try { if (!process.env.A_KEY) throw new Error(); } catch { warn(); }',
    ['A_KEY LAZY'],
  ],
])('does not prove a need by %s', (_, text, expected) => expect(needsOf(text)).toEqual(expected));

test('a need of every mode but HTTP is one of the start for stdio', () => {
  expect(needsOf('const useHttp = process.env.A_HTTP;\nif (!useHttp && !process.env.A_KEY) process.exit(1);')).toEqual([
    'A_KEY HARD',
  ]);
  expect(
    needsOf('if (process.env.A_TRANSPORT === "http") listen(); else { if (!process.env.A_KEY) process.exit(1); }'),
  ).toEqual(['A_KEY HARD']);
});

test('a variable that only the mode for HTTP reads is one of that mode', () => {
  const text = 'function listen() { use(process.env.A_BIND); }\nif (process.env.A_MODE === "http") listen();';
  expect(needsOf(text)).toEqual(['A_BIND http']);
  expect(needsOf(`${text}\nuse(process.env.A_BIND);`)).toEqual([]);
});

test('a module that only the mode for HTTP loads proves nothing about stdio', () => {
  const http = 'export function listen() { if (!process.env.A_KEY) throw new Error(); }\nlisten();';
  expect(
    needsOf({ 'index.js': 'if (process.argv.includes("--http")) await import("./http.js");', 'http.js': http }),
  ).toEqual(['A_KEY http']);
  expect(needsOf({ 'index.js': 'import "./http.js";', 'http.js': http })).toEqual(['A_KEY HARD']);
});

test('a function that declares a name hides what the same name means further out, as in minified code', () => {
  const read =
    'function start() { const { A_HOST: e, A_PORT: t } = process.env; if (!e || !t) throw new Error(); }\nstart();';
  const others = Array.from(
    { length: 50 },
    (_, at) => `function f${at}() { const e = ${at}, t = g(${at}); return [e, t]; }`,
  );
  expect(needsOf(`const e = process.env.A_KEY, t = load();\n${others.join('\n')}\n${read}`)).toEqual([
    'A_HOST HARD',
    'A_PORT HARD',
  ]);
});
