import { expect, test } from 'vitest';
import { describePackage } from './described-package.testing.ts';

const variables = (files: Record<string, string>) =>
  describePackage(files).credentials.map(
    ({ name, requirement, advanced, default: fallback }) =>
      `${name} ${requirement}${advanced ? ' advanced' : ''}${fallback === null ? '' : ` = ${fallback}`}`,
  );
const flags = (files: Record<string, string>) =>
  describePackage(files).arguments.map(
    ({ flag, kind, variable, default: fallback }) =>
      `${flag} ${kind}${variable ? ` as ${variable}` : ''}${fallback === null ? '' : ` = ${fallback}`}`,
  );

const TABLE =
  '| Variable | Description |\n|---|---|\n| `X_URL` | The address of the service. |\n| `BOARD_STORAGE` | The kind of storage. |\n';

test('a documented setting that only a dependency reads stands behind the settings of the code', () => {
  const files = {
    'README.md': TABLE,
    'index.js': 'import { run } from "a-framework";\nrun({ url: process.env.X_URL });\n',
  };
  expect(variables(files)).toEqual(['X_URL OPTIONAL', 'BOARD_STORAGE OPTIONAL advanced']);
});

test('documented settings stay open where the code reads none by itself', () => {
  const files = { 'README.md': TABLE, 'index.js': 'import { run } from "a-framework";\nrun();\n' };
  expect(variables(files)).toEqual(['X_URL OPTIONAL', 'BOARD_STORAGE OPTIONAL']);
});

test('a table gives a function for the environment the names of variables, and a schema their defaults', () => {
  const files = {
    'index.js': `import { loadEnvConfig } from 'a-framework';
const Settings = z.object({
  pace: z.coerce.number().default(334).describe('Milliseconds between calls'),
  label: z.string(),
});
export const settings = loadEnvConfig(Settings, { pace: 'X_PACE_MS', label: 'X_LABEL' });
`,
  };
  expect(variables(files)).toEqual(['X_PACE_MS OPTIONAL advanced = 334', 'X_LABEL OPTIONAL advanced']);
});

test('an object of the program names variables where code reads the environment by its entries', () => {
  const files = {
    'index.js': "const NAMES = { url: 'X_URL', board: 'X_BOARD' };\nstart(process.env[NAMES.url]);\n",
  };
  expect(variables(files)).toEqual(['X_URL OPTIONAL advanced']);
});

test('a table of texts that no function for the environment receives names no variables', () => {
  const files = { 'index.js': "const CODES = { gone: 'X_GONE', full: 'X_FULL' };\nreport(CODES);\n" };
  expect(variables(files)).toEqual([]);
});

test('the hints of a small parser are flags, with their defaults and switches', () => {
  const files = {
    'index.js': `import minimist from 'minimist';
import { TEXTS } from './hints.js';
const read = minimist(process.argv.slice(2), {
  string: [...TEXTS], boolean: ['help', 'http', 'dry-run'], default: { limit: 5 }, alias: { k: 'key' },
});
start(read.folder);
`,
    'hints.js': "export const TEXTS = ['key', 'sender', 'port'];\n",
  };
  expect(flags(files)).toEqual([
    '--key SECRET',
    '--sender TEXT',
    '--dry-run BOOLEAN',
    '--limit TEXT = 5',
    '--folder TEXT',
  ]);
});

test('a typed table of a small parser names its flags', () => {
  const files = {
    'index.js': `const arg = require('arg');
const read = arg({ '--board': String, '--limit': Number, '--quick': Boolean, '-b': '--board' });
`,
  };
  expect(flags(files)).toEqual(['--board TEXT', '--limit NUMBER', '--quick BOOLEAN']);
});

test('a function that returns a refusal proves a need where its caller ends then', () => {
  const files = {
    'index.js': `function resolve(parsed, env = process.env) {
  const key = (typeof parsed.key === 'string' ? parsed.key : null) ?? env.X_KEY ?? null;
  const http = parsed.http === true;
  if (!http && (!key || !key.trim())) return { ok: false, error: 'No key.' };
  return { ok: true, key };
}
const result = resolve(words);
if (!result.ok) {
  console.error(result.error);
  process.exit(1);
}
`,
  };
  expect(variables(files)).toEqual(['X_KEY HARD']);
});

test('a refusal that its caller survives proves nothing', () => {
  const files = {
    'index.js': `function resolve(env = process.env) {
  if (!env.X_BOARD) return { ok: false };
  return { ok: true };
}
const result = resolve();
if (!result.ok) console.error('No board.');
`,
  };
  expect(variables(files)).toEqual(['X_BOARD OPTIONAL advanced']);
});

test('a flag that is called like one of HTTP is kept where its text speaks of something else', () => {
  const files = {
    'index.js': `program
  .option('--allowed-origins <list>', 'Origins that the browser may visit.')
  .option('--host <host>', 'Address to listen on.')
  .option('--hostname <name>', 'The database to connect to.');
`,
  };
  expect(flags(files)).toEqual(['--allowed-origins TEXT', '--hostname TEXT']);
});

test('a pattern with any end makes its examples no settings, but not what code reads by name', () => {
  const files = {
    'README.md':
      '# X\n\n`X_<NAME>_*` variables, one group for each name:\n\n```env\nX_MAIN_HOST=a\nX_MAIN_TRUST_HOST=b\nX_TRUST_HOST=true\n```\n',
    'index.js': 'start(process.env.X_TRUST_HOST);\n',
  };
  expect(variables(files)).toEqual(['X_TRUST_HOST OPTIONAL']);
});

test('a command that goes on in the next row starts HTTP for the variables of all its rows', () => {
  const files = {
    'README.md':
      '# X\n\n```bash\nX_SIGN_IN=true X_OWNER=me \\\n  X_ISSUER=https://x.invalid \\\n  npx x-mcp --transport http\n```\n\n```bash\nX_BOARD=main npx x-mcp\n```\n',
    'index.js': 'start(process.env.X_SIGN_IN, process.env.X_OWNER, process.env.X_ISSUER, process.env.X_BOARD);\n',
  };
  expect(variables(files)).toEqual([
    'X_BOARD OPTIONAL',
    'X_SIGN_IN OPTIONAL advanced',
    'X_OWNER OPTIONAL advanced',
    'X_ISSUER OPTIONAL advanced',
  ]);
});

test('a variable whose constant is used in another mode alone is of that mode', () => {
  const files = {
    'README.md': '| Variable | Description |\n|---|---|\n| `X_GUARD` | Checks callers. |\n| `X_BOARD` | The board. |\n',
    'index.js': `const guard = process.env.X_GUARD === 'true';
const board = process.env.X_BOARD;
if (shouldStartStdio()) {
  start(board);
} else {
  listen(board, guard);
}
`,
  };
  expect(variables(files)).toEqual(['X_BOARD OPTIONAL', 'X_GUARD OPTIONAL advanced']);
});

test('a variable of an option for the HTTP mode is of that mode, and the option no field', () => {
  const files = {
    'README.md': '```env\nX_SIGN_IN=true\nX_BOARD=main\n```\n',
    'index.js': `const argv = yargs(hideBin(process.argv))
  .option('sign-in', { type: 'boolean', description: 'Enable sign-in (HTTP mode)', default: process.env.X_SIGN_IN === 'true' })
  .option('owner', { type: 'string', description: 'The owner (HTTP mode)', default: process.env.X_OWNER || void 0 })
  .option('board', { type: 'string', description: 'The board', default: process.env.X_BOARD || 'main' })
  .parseSync();
`,
  };
  expect(flags(files)).toEqual(['--board TEXT as X_BOARD']);
  expect(variables(files)).toContain('X_OWNER OPTIONAL advanced');
});

test('a manager of the environment reads the names that it is asked for', () => {
  const files = { 'index.js': "start(envManager.get('X_BOARD_NAME'));\n" };
  expect(variables(files)).toEqual(['X_BOARD_NAME OPTIONAL advanced']);
});

test('a handler that a switch over names of tools chooses is of no other mode', () => {
  const files = {
    'README.md': '`X_BOARD_URL` and `X_MODE_URL` are set in your configuration.\n',
    'index.js': `function call(name) {
  switch (name) {
    case 'x_health': return fetch(process.env.X_BOARD_URL);
  }
}
switch (transport) {
  case 'websocket': listen(process.env.X_MODE_URL);
}
call(next());
`,
  };
  expect(variables(files)).toEqual(['X_BOARD_URL OPTIONAL', 'X_MODE_URL OPTIONAL advanced']);
});

test('a category in a list of a document is no setting where the code reads it nowhere', () => {
  const files = {
    'README.md':
      '## Rules\n\n1. **ERROR_HANDLING** (Priority: high) - 11 rules\n- **BOARD_LIMIT** - variable for the board\n',
    'index.js': `const RULES = ['ERROR_HANDLING', 'BOARD_LIMIT'];\n${'// filler\n'.repeat(300)}start(RULES, process.env.X_URL);\n`,
  };
  expect(variables(files)).toEqual(['BOARD_LIMIT OPTIONAL', 'X_URL OPTIONAL advanced']);
});

test('a flag that makes the program do something else and end is no field', () => {
  const files = {
    'index.js': `const args = process.argv.slice(2);
if (args.includes('--health-check')) {
  check();
  process.exit(0);
}
if (args.includes('--read-only')) limit();
`,
  };
  expect(flags(files)).toEqual(['--read-only BOOLEAN']);
});

test('a bundle has the options that it declares near the words of the command line', () => {
  const library = 'function other(){return 1}\n'.repeat(20_000);
  const files = {
    'index.js': `import{parseArgs as i}from"util";class L{f(){this.option("--library <a>","of a library")}}\n${library}
var program=new C();program.option("--board <name>","The board").option("--read-only","No changes").parse(process.argv);\n`,
  };
  expect(flags(files)).toEqual(['--board TEXT', '--read-only BOOLEAN']);
});

test('flags of a switch take their values, whatever stands before the next word and however they are spelled', () => {
  const files = {
    'index.js': `const args = process.argv.slice(2);
for (let i = 0; i < args.length; i++) {
  const nextArg = args[i + 1];
  switch (args[i]) {
            case '--board':
            case '-b':
                if (nextArg && !nextArg.startsWith('-')) {
                    board = nextArg;
                    i++;
                }
                break;
            case '--quick':
                quick = true;
                break;
  }
}
for (let i = 0; i < args.length; i++) {
  const a = args[i];
  if (a === '--data-dir' || a === '-d') folder = args[i + 1];
}
`,
  };
  expect(flags(files)).toEqual(['--data-dir TEXT', '--board TEXT', '--quick BOOLEAN']);
});

test('scripts in Python are other programs where the program in JavaScript starts none', () => {
  const script = {
    'skills/publish.py': 'parser.add_argument("--records", required=True)\nkey = os.environ["Y_KEY"]\n',
  };
  expect(flags({ 'index.js': 'start(process.env.X_URL);\n', ...script })).toEqual([]);
  expect(flags({ 'index.js': "spawn('python3', ['skills/publish.py']);\n", ...script })).toEqual(['--records TEXT']);
});

test('a bundle demands what it checks right behind the read', () => {
  const library = 'function other(){return 1}\n'.repeat(20_000);
  const files = {
    'index.js': `${library}var u=process.env.X_BOARD;
if (!u) {
  fail("no board");
  process.exit(1);
}
var v=process.env.X_OTHER;
other();
if (!v) { process.exit(1) }
`,
  };
  expect(variables(files).filter((one) => !one.includes('advanced'))).toEqual(['X_BOARD HARD']);
});

test('a wrapper of a binary for each system leaves its documented settings open', () => {
  const wrapper = `const name = \`x-\${process.platform}-\${process.arch}\`;\nrequire(name);\n${'debug("text");\n'.repeat(200)}`;
  expect(variables({ 'README.md': 'Set the `X_CLOUD` environment variable.\n', 'index.js': wrapper })).toEqual([
    'X_CLOUD OPTIONAL',
  ]);
});

test('a table of options inside of a table is no option', () => {
  const files = {
    'index.js':
      "import { parseArgs } from 'node:util';\nvar parseArgsConfig = { options: { board: { type: 'string' }, quick: { type: 'boolean' } } };\nparseArgs(parseArgsConfig);\n",
  };
  expect(flags(files)).toEqual(['--board TEXT', '--quick BOOLEAN']);
});

test('of bundles above the usual size the program itself is read, and no library beside it', () => {
  const library = 'function other(){return 1}\n'.repeat(120_000);
  const files = (read: string) => ({
    'index.js': read === 'index.js' ? `${library}start(process.env.X_BOARD_NAME);\n` : 'import "./library.js";\n',
    'library.js': read === 'index.js' ? '' : `${library}start(process.env.X_BOARD_NAME);\n`,
  });
  expect(variables(files('index.js'))).toEqual(['X_BOARD_NAME OPTIONAL advanced']);
  expect(variables(files('library.js'))).toEqual([]);
});
