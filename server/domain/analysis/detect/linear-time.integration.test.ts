/**
 * Each detector and parser gets a megabyte of each token. All of them are linear and take well under a second; what is
 * quadratic takes many minutes. The bound lies in between, so it holds on a slow computer too.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createChildPool } from '../candidates/isolated/child-pool.ts';
import type { Token } from './linear-time.testing.ts';

const TASK_MS_MAX = 60_000;

// biome-ignore format: one token a line would be a page
const ANYWHERE: Token[] = [
  ' ', '\t', '\n', '  \n', '\r\n', '\u00a0', 'a', 'A_', 'A# ', '-', '.', '=', '/', '//\n', '/*', '"', "'", '`', '\\"', '\\',
  '(', '{', '[', '<', '|', '*', '#', ':', ',', ';\n', '!', '$', '${', '`${', '\0', '\ud83d', '必须',
];

// biome-ignore format: one token a line would be a page
const DOCUMENT: Token[] = [
  '| | ', '# a', '> ', '- \n', '<table>\n', '<tr>', '<td ', '<td>', '<h1>', '<summary', '</details>', '```\n', '[a](',
  '```sh\nA_K#=c\n```\n', '```json\n{"command":"npx","args":["-y","a-mcp"]}\n```\n', '`A_K#` set ', '- `A_K#`: b\n',
  { begin: '| Variable | Required | Default |\n|---|---|---|\n', repeat: '| `A_K#` | required | default `x` |\n' },
  { begin: '| Variable | b |\n|---|---|\n| `A_B` |', repeat: ' ', end: 'x |' },
  { begin: '| Variable | b |\n|---|---|\n| `A_B', repeat: '*` ', end: 'x | y |' },
  { begin: '| Flag | Text |\n|---|---|\n', repeat: '| `--a#` | b |\n' },
  'A_<B>_*', 'A_<B_', 'A_K#=b \\\n', 'A_K#=b \\\n npx a --transport http\n', 'default ', 'only for ', 'browser ', 'install ', 'is-', 'docker run ', 'docker run -e A_K#=b c\n', 'npx -y a-mcp \\\n',
  'npx "\\"', ' -e A_K#=b', 'export A_K#=b\n', '`--abc-#` flag ', '"a#":{"command":"b"},',
];

// biome-ignore format: one token a line would be a page
const SCRIPT: Token[] = [
  'process.env.A_K#\n', 'a#=process.env;', 'process.env[a]', 'process.env["', 'process.env.A_K#||', 'const {', 'const a = ',
  'let optionsoptions', 'options', 'config', 'getEnv(', 'env', 'env.', 'if(', 'if(!a)throw ', 'function a#(b){', 'a#=b=>',
  'if (!process.env.A_K#) { process.exit(1) }\n', 'a=(b', 'Error("', 'Error(A', 'const MESSAGE="', 'const MESSAGE#="A_K# is required";Error(MESSAGE#);', 'Error("A_K# is required")\n', 'z.object({', 'decode',
  'z.object({A_K#:z.string()}).parse(process.env);', '.default("', '.option("--a# <def>",', '.option("a#",{', 'Usage ',
  { begin: 'import yargs;', repeat: '.option("a#",{' }, 'Usage: a <b>\n', 'import ', 'from', 'from "./a#" ', 'argv', '=/[',
  '(/x', "<a>it's</a>", '`a${', "argv;arg === '--a#';", { begin: 'const a="', repeat: 'A_K# b ', end: '";' },
];

/** Whole statements: a script that does not parse has no syntax tree. */
// biome-ignore format: one token a line would be a page
const PARSED: Token[] = [
  'if (!process.env.A_K#) { process.exit(1) }\n', 'a#=process.env.A_K#;', 'a=process.env.A_K#;if(!a)throw 1;', 'f(g(h.A_K#));',
  'function a#(b){if(!process.env[b])throw 1}\n', "if(['A_K#'].filter(n=>process.env[n]).length)throw 1;",
  "['A_K#'].filter(n=>process.env[n]);", "for(const n of ['A_K#'])if(!process.env[n])throw 1;",
  'function a#(){if(!process.env.A_K#)return false}\n', 'const a=b();if(!a)throw 1;', 'if(!b#())throw 1;',
  { begin: 'const S=z.object({aK:z.string()});', repeat: 'S.parse({aK:process.env.A_K#});' },
  { begin: 'const S=z.object({aK:z.string()});', repeat: 'const a#={aK:process.env.A_K#};S.safeParse(a#);' },
  'z.object({aK#:z.string().min(1)});const o#={aK#:process.env.A_K#};', "program.command('a#').option('--b#');",
  "const a#=argv.find((b)=>b.startsWith('--a#='));a#||process.env.A_K#;", "function a#(b){return argv[b]}a#('--b#');",
  'const a#=process.argv.slice(2);if(a#.length<1)process.exit(1);', "new Option('--a#').env('A_K#');",
  'function a#(c){if(!c.k)throw 1}a#({k:process.env.A_K#});', "yargs.command('a#','b',()=>process.env.A_K#);",
  { begin: "import m from 'minimist';", repeat: "const a#=m(b,{string:['c#']});a#.d#;" },
  { begin: "import m from 'minimist';const A=[", repeat: "'a#',", end: "];m(b,{string:A,boolean:[...A]});" },
  { begin: "import m from 'minimist';const a=m(b);", repeat: 'a.b#;' },
  { begin: "import arg from 'arg';arg({", repeat: "'--a#':String,", end: '});' },
  { begin: 'const S=z.object({', repeat: 'a#:z.string().default("b"),', end: '});loadEnv(S,{a1:"A_B",a2:"A_C"});' },
  { begin: 'const S=z.object({a:z.string()}),T={a:"A_B",b:"A_C"};', repeat: 'loadEnv(S,T);' },
  'loadEnv({a#:"A_K#",b#:"B_K#"});', 'const t#={a:"A_K#",b:"B_K#"};process.env[t#.a];',
  'const a#=process.env.A_K#;if(http){a#;}', { begin: 'const a=process.env.A_K;', repeat: 'if(http){a;}' },
  'function a#(){return {ok:false}}const b#=a#();if(!b#.ok)throw 1;', 'const a#=typeof b.c#===d?b.c#:null;a#??process.env.A_K#;',
  { begin: 'a', repeat: '||process.env.A_K#', end: ';' }, { begin: 'const a=process.argv', repeat: '.slice(2)', end: ';' },
];

// biome-ignore format: one token a line would be a page
const PYTHON: Token[] = [
  'class A#:\n', 'class A(', 'class A#(B, C, D):\n  a: A = B\n', { begin: 'class A(BaseSettings):\n', repeat: '\n' },
  { begin: 'class A(BaseSettings):\n', repeat: '  a#: str = Field(\n' }, 'os.environ["A_K#"]\n', 'if not a and ', 'a: ',
  { begin: 'class A(BaseSettings):\n', repeat: '    a#: int\n' }, 'key = os.getenv("A_K#")\nif not key:\n  raise\n', '"""',
  '.add_argument("', 'a: b = typer.Option(', "'''x'''\n", 'env("', 'os.',
];

// biome-ignore format: one token a line would be a page
const COMPILED: Token[] = [
  'os.Getenv("A_K#")\n', '`env:"A_K#,', { begin: 'SetEnvPrefix("a")\n', repeat: 'viper.Get("a#")\n' }, 'cfg.BindEnv(',
  '#[arg(', '#[arg(env)]#[b', '#[arg(env)]\na#: b,\n', 'r#"',
];

// biome-ignore format: one token a line would be a page
const DATA: Token[] = [
  '{"a":', { begin: '{', repeat: '"a#":1,', end: '"b":1}' }, '[a, ', '- ', 'a#: &b\n', '[a#]\n', 'a#=1\n', '[[a]]\n', 'a="',
  { begin: '{"packages":[', repeat: '{"registryType":"npm","identifier":"a#"},', end: '{}]}' }, 'a={', 'A_K#=b\n', '# a\n',
  { begin: '{"server":{"mcp_config":{"env":{', repeat: '"A_K#":"b",', end: '"c":"d"}}}}' }, 'A_K#=b #',
  {
    begin: '{"packages":[{"registryType":"npm","identifier":"a","environmentVariables":[',
    repeat: '{"name":"A_K#"},',
    end: '{}]}]}',
  },
  { begin: '{"mcpServers":{', repeat: '"a#":{"command":"b"},', end: '"c":1}}' }, '[mcp_servers.a#]\ncommand="b"\n',
];

// biome-ignore format: one token a line would be a page
const IMAGE: Token[] = [
  { begin: 'FROM a\n', repeat: 'ENV A#=b\n' }, { begin: 'FROM a\nENV ', repeat: 'A#=b \\\n' }, 'FROM a\n',
  { begin: 'FROM a\n', repeat: 'RUN <<A\n' }, { begin: 'FROM a\nCMD [', repeat: '"a",' },
];

// biome-ignore format: one token a line would be a page
const PASTED: Token[] = [
  'A_K="" ', "a#='' ", { begin: 'npx a ', repeat: 'x' }, { begin: 'npx a ', repeat: '${a-' }, { begin: 'pypi:a', repeat: '!a' },
  { begin: 'pypi:a', repeat: '>=1 ,' }, 'env ', 'cmd /c ', 'export a#=b\n', { begin: 'npm i', repeat: ' ' }, '{{ ', 'a://',
  { begin: 'npx a --token ', repeat: 'a://b@' }, { begin: 'npx a ', repeat: '<a> ' },
  { begin: '# a\n', repeat: '\n', end: '!' }, { begin: 'a', repeat: '\n', end: '!' }, { begin: '# a\n', repeat: '# \n', end: '!' },
];

const TARGETS: [target: string, tokens: Token[]][] = [
  ['README.md', DOCUMENT],
  ['index.js', SCRIPT],
  ['src/index.tsx', SCRIPT],
  ['a script with a syntax tree', PARSED],
  ['server.py', PYTHON],
  ['main.go', COMPILED],
  ['main.rs', COMPILED],
  ['Dockerfile', IMAGE],
  ['.env.example', DATA],
  ['manifest.json', DATA],
  ['server.json', DATA],
  ['smithery.yaml', DATA],
  ['.mcp.json', DATA],
  ['package.json', DATA],
  ['pyproject.toml', DATA],
  ['go.mod', DATA],
  ['Cargo.toml', DATA],
  ['a pasted source', [...DOCUMENT, ...DATA, ...PASTED]],
  ['a command line', DOCUMENT],
  ['settings of a client in JSON', DATA],
  ['settings of a client in TOML', DATA],
];

const pool = createChildPool({
  launch: () =>
    spawn(process.execPath, [fileURLToPath(new URL('linear-time.testing.ts', import.meta.url))], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }),
  childrenMax: 1,
  taskMsMax: TASK_MS_MAX,
  idleMsMax: TASK_MS_MAX,
});
afterAll(() => pool.close());

describe.runIf(process.env['CATWALK_LINEAR_TIME'])('a megabyte of one token takes linear time in', () => {
  test.each(TARGETS)('%s', { timeout: 1_200_000 }, async (target, tokens) => {
    const slow: string[] = [];
    for (const token of [...ANYWHERE, ...tokens]) {
      await pool.run({ name: target, input: [token] }, new AbortController().signal).catch((error: unknown) => {
        slow.push(`${JSON.stringify(token)}: ${error instanceof Error ? error.message : error}`);
      });
    }
    expect(slow).toEqual([]);
  });
});
