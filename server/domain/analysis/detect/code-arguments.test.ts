import { expect, test } from 'vitest';
import { readCode } from './code/code-file.ts';
import { reachableCode } from './code/reachable-code.ts';
import { demandedWords, detectCodeArguments, stdioArguments } from './code-arguments.ts';

const set = (files: Record<string, string>) =>
  readCode({ files: Object.entries(files).map(([path, text]) => ({ path, text })) });
const shown = (text: string, path = 'index.ts') =>
  detectCodeArguments(set({ [path]: text })).map(({ flag, name, kind, required, repeated, default: fallback }) =>
    [flag ?? `<${name}>`, kind, required && 'required', repeated && 'repeated', fallback].filter(Boolean).join(' '),
  );

test.each([
  [
    'commander',
    `program.requiredOption('-k, --api-key <key>', 'Your key').option('--fast').argument('<dir...>', 'where')`,
    ['--api-key required', '--fast BOOLEAN', '<dir> required repeated'],
  ],
  [
    'yargs',
    `yargs(hideBin(process.argv)).option('apiKey', { type: 'string', demandOption: true }).option('limit', { type: 'number', default: 5 })`,
    ['--api-key required', '--limit NUMBER 5'],
  ],
  [
    'yargs, a table of options elsewhere',
    `import { yargs } from 'yargs'; export const browserOptions = { browserUrl: { type: 'string', describe: 'a {b}' }, secretOne: { type: 'string', hidden: true } }`,
    ['--browser-url'],
  ],
  [
    'util.parseArgs',
    `const options = { 'access-token': { type: 'string' }, all: { type: 'boolean', short: 'a' } };\nparseArgs({ args, options })`,
    ['--access-token', '--all BOOLEAN'],
  ],
  ['a usage line', 'console.error("Usage: x-mcp <directory> [more...]")', ['<directory> required repeated']],
])('%s', (_, text, expected) => expect(shown(text)).toEqual(expected));

test.each([
  [
    'argparse',
    'p.add_argument("-k", "--api-key", required=True, help="Your key")\np.add_argument("root", nargs="+")\np.add_argument("--fast", action="store_true")\n',
    ['--api-key required', '<root> required repeated', '--fast BOOLEAN'],
  ],
  [
    'click',
    '@click.command()\n@click.option("--limit", type=int, default=5, help="How many (at most)")\n@click.argument("repo")\ndef main(): ...',
    ['--limit NUMBER 5', '<repo> required'],
  ],
  [
    'typer',
    'def main(\n    api_key: str = typer.Option(..., help="Your key"),\n    verbose: bool = typer.Option(False, "--verbose"),\n): ...',
    ['--api-key required', '--verbose BOOLEAN'],
  ],
])('%s', (_, text, expected) => expect(shown(text, 'server.py')).toEqual(expected));

test('options of another program in the same package are left out', () => {
  const files = set({
    'dist/index.js': 'import "./main.js"',
    'dist/main.js': 'new Option("--mine <x>")',
    'dist/watchdog.js': 'new Option("--other <x>")',
  });
  expect(detectCodeArguments(reachableCode(files, 'dist/index.js').code).map(({ flag }) => flag)).toEqual(['--mine']);
  expect(
    detectCodeArguments(files).map(({ flag }) => flag),
    'without the entry all files count',
  ).toEqual(['--mine', '--other']);
});

test.each([
  ['a flag that it looks for', 'index.js', 'if (process.argv.includes("--stdio")) run()', ['--stdio']],
  [
    'another transport by default',
    'server.py',
    'p.add_argument("--transport", choices=["stdio", "sse"], default="sse")',
    ['--transport', 'stdio'],
  ],
  ['stdio by default', 'server.py', 'p.add_argument("--transport", choices=["stdio", "sse"], default="stdio")', null],
])('what stdio needs: %s', (_, path, text, expected) => {
  const files = set({ [path]: text });
  expect(stdioArguments(files, detectCodeArguments(files))).toEqual(expected);
});

const inServer = (text: string) => {
  const found = detectCodeArguments(set({ 'index.js': text }));
  return found.map(({ flag, name, required, command }) =>
    [flag ?? `<${name}>`, required && 'required', command && `of ${command}`].filter(Boolean).join(' '),
  );
};

test.each([
  [
    'commander',
    'program.option("--all"); program.command("get").requiredOption("--path <p>", "x"); const put = program.command("put").description("x"); put.option("--body <b>")',
    ['--all', '--path required of get', '--body of put'],
  ],
  ['the default command of commander', 'program.command("serve", { isDefault: true }).option("--dir <d>")', ['--dir']],
  [
    'yargs',
    'import yargs from "yargs";\nyargs().command("get <path>", "x", (y) => y.positional("path", { type: "string" }).option("deep", { type: "boolean" })).command("$0", "x", (y) => y.option("dir", { type: "string" }))',
    ['--deep of get', '--dir', '<path> of get'],
  ],
])('options belong to their subcommands: %s', (_, text, expected) =>
  expect(inServer(text).toSorted()).toEqual(expected.toSorted()),
);

test.each([
  [
    'oclif',
    'import { Flags } from "@oclif/core";\nclass Serve { static flags = { token: Flags.string({ char: "t", required: true }), fast: Flags.boolean({}) } }',
    ['--token required', '--fast'],
  ],
  [
    'citty',
    'defineCommand({ args: { dir: { type: "positional" }, token: { type: "string", required: true } } })',
    ['<dir> required', '--token required'],
  ],
  ['a line of usage with the value of a flag', 'console.log("Usage: x --token <token> <dir>")', ['<dir> required']],
  [
    'a table of the program itself',
    'const OPTIONS = [{ name: "token", flags: ["--token", "-t"], required: true }, { name: "mode", flags: ["--mode"] }];',
    ['--token required', '--mode'],
  ],
])('reads the options of %s', (_, text, expected) => expect(inServer(text)).toEqual(expected));

test('reads flags that a program looks for by itself, switches apart from values', () => {
  const text =
    'const fast = process.argv.includes("--fast"); const at = args.indexOf("--token"); switch (word) { case "--dir": dir = args[++i]; break; case "--deep": deep = true; break; case "--port": break; }';
  const found = detectCodeArguments(set({ 'index.js': text }));
  expect(found.map(({ flag, kind }) => [flag, kind])).toEqual([
    ['--fast', 'BOOLEAN'],
    ['--token', undefined],
    ['--dir', undefined],
    ['--deep', 'BOOLEAN'],
  ]);
});

test.each([
  ['the number of words', 'const args = process.argv.slice(2);\nif (args.length < 2) process.exit(1);', 2],
  ['the number with that of the program', 'if (process.argv.length !== 4) process.exit(1);', 2],
  ['the first word', 'const url = process.argv[2];\nif (!url) throw new Error("no");', 1],
  ['another subcommand', 'if (process.argv[2] === "auth") { if (!process.argv[3]) process.exit(1); }', undefined],
  ['a hint alone', 'if (process.argv.length < 3) console.error("none");', undefined],
  [
    'a chain that no person writes',
    `const a = process.argv${'.slice(1)'.repeat(20_000)};\nif (!a[0]) throw 1;`,
    undefined,
  ],
])('tells without how many words a start ends: %s', (_, text, expected) =>
  expect(demandedWords(set({ 'index.js': text }), 'index.js')?.count).toBe(expected),
);
