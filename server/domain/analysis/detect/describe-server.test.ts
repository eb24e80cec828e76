import { expect, test } from 'vitest';
import { describeServer } from './describe-server.ts';

const block = (args: string[], env: Record<string, string> = {}) =>
  `\`\`\`json\n${JSON.stringify({ mcpServers: { x: { command: 'npx', args: ['-y', 'x-mcp', ...args], env } } })}\n\`\`\`\n`;

function needsOf(files: Record<string, string>) {
  const all = Object.entries(files).map(([path, text]) => ({ path, text }));
  return describeServer(
    { files: all, paths: Object.keys(files), truncated: false },
    (target) => target.kind === 'npm' && target.name === 'x-mcp',
  );
}
const fields = (files: Record<string, string>) =>
  needsOf(files).credentials.map(
    ({ name, kind, requirement, advanced }) => `${name} ${kind} ${requirement}${advanced ? ' advanced' : ''}`,
  );

test('a secret that every configuration sets is wanted; one that code gives a default is not', () => {
  expect(
    fields({
      'README.md': block([], { A_KEY: 'your-key', A_MODE: 'fast' }),
      'index.js': 'process.env.A_KEY; process.env.A_MODE || "fast"',
    }),
  ).toEqual(['A_KEY SECRET LAZY', 'A_MODE TEXT OPTIONAL']);
});

test('an API key that documents call optional is never demanded', () => {
  expect(
    fields({
      'README.md': `${block([], { A_KEY: 'k' })}- \`A_KEY\` (optional): for higher limits\n`,
      'index.js': 'process.env.A_KEY',
    }),
  ).toEqual(['A_KEY SECRET OPTIONAL']);
});

test('a description does not repeat what the form itself says', () => {
  const { credentials } = needsOf({
    'README.md': `${block([], { A_KEY: 'k' })}- \`A_KEY\` (Optional): for higher limits\n- \`A_REGION\` (Required): which region\n`,
    'index.js': 'process.env.A_KEY; process.env.A_REGION',
  });
  expect(credentials.map(({ description }) => description).sort()).toEqual(['for higher limits', 'which region']);
});

test('HTTP settings, telemetry and what only code knows are kept out of sight', () => {
  const found = fields({
    'README.md': '## Environment variables\n- `PORT`: port\n- `A_TELEMETRY`: off',
    'index.js':
      'process.env.PORT; process.env.A_TELEMETRY; process.env.A_HIDDEN; process.env.NODE_ENV; process.env.SSE_PORT',
  });
  expect(found).toEqual([
    'PORT TEXT OPTIONAL advanced',
    'A_TELEMETRY TEXT OPTIONAL advanced',
    'A_HIDDEN TEXT OPTIONAL advanced',
  ]);
});

test('ignores a variable that only an example names and no code reads', () => {
  expect(fields({ '.env.example': 'A_STALE=1\nA_KEY=\n', 'index.js': 'process.env.A_KEY' })).toEqual([
    'A_KEY SECRET OPTIONAL',
  ]);
});

test('other programs’ configuration in the README says nothing', () => {
  const other =
    '```json\n{"mcpServers": {"y": {"command": "npx", "args": ["-y", "y-mcp"], "env": {"Y_KEY": "k"}}}}\n```';
  expect(fields({ 'README.md': other, 'index.js': '' })).toEqual([]);
});

test('the flag that stdio needs is always set; other flags become fields', () => {
  const { fixedArguments, arguments: found } = needsOf({ 'README.md': block(['--stdio', '--api-key', 'KEY']) });
  expect(fixedArguments).toEqual(['--stdio']);
  expect(found).toMatchObject([{ flag: '--api-key', kind: 'SECRET', required: false }]);
});

test('directories that every configuration gives are usually needed, repeated, and named by the usage line', () => {
  const { arguments: found } = needsOf({
    'README.md': block(['/Users/me/Desktop', '/path/to/other']),
    'index.js': 'console.error("Usage: x-mcp [allowed-directory] [more...]")',
  });
  expect(found).toMatchObject([
    { name: 'allowed-directory', positional: true, required: false, usual: true, repeated: true },
  ]);
});

test('a place is required where the code ends without it, whatever it is called', () => {
  const { arguments: found } = needsOf({
    'README.md': block(['/Users/me/Desktop']),
    'index.js': 'const args = process.argv.slice(2);\nif (args.length === 0) { console.error("no"); process.exit(1); }',
  });
  expect(found).toMatchObject([{ name: 'directory', positional: true, required: true }]);
});

test('a usage line alone demands nothing when the documents go without', () => {
  const { arguments: found } = needsOf({ 'README.md': block([]), 'index.js': 'console.error("Usage: x-mcp <file>")' });
  expect(found).toMatchObject([{ required: false }]);
});

test('two configurations that set one secret each make a group', () => {
  const { credentials } = needsOf({ 'README.md': block([], { A_KEY: 'k' }) + block([], { A_TOKEN: 't' }) });
  expect(credentials.map(({ name, group, requirement }) => [name, group, requirement])).toEqual([
    ['A_KEY', 'A_KEY|A_TOKEN', 'LAZY'],
    ['A_TOKEN', 'A_KEY|A_TOKEN', 'LAZY'],
  ]);
});

test('sets the transport variable of a server that starts over HTTP without it, and of no other', () => {
  expect(fields({ 'index.js': "const t = process.env.MCP_TRANSPORT || 'http'" })).toEqual([
    'MCP_TRANSPORT CHOICE HARD',
  ]);
  expect(fields({ 'index.js': "const t = process.env.MCP_TRANSPORT || 'stdio'" })).toEqual([]);
});

test('takes a variable of an image as confirmation of code, and never alone', () => {
  expect(fields({ Dockerfile: 'FROM node\nENV A_KEY=x B_KEY=y', 'index.js': 'load("A_KEY")' })).toEqual([
    'A_KEY SECRET OPTIONAL',
  ]);
  const { fixedArguments } = needsOf({ Dockerfile: 'FROM node\nCMD ["node", "x.js", "--stdio"]' });
  expect(fixedArguments).toEqual(['--stdio']);
});

test('a header that an example sets is optional, as are settings that a message offers or keeps for HTTP', () => {
  expect(
    fields({
      'README.md': block([], { A_API_HEADERS: 'Authorization:x' }),
      'index.js':
        'process.env.A_API_HEADERS; process.env.A_AUTH; console.error("off (set A_AUTH to require a bearer token)"); process.env.A_GATE; function f() { throw new Error("A_GATE is required for HTTP mode") }',
    }).map((field) => field.split(' ').slice(0, 3).join(' ')),
  ).toEqual(['A_API_HEADERS SECRET OPTIONAL', 'A_AUTH TEXT OPTIONAL', 'A_GATE TEXT OPTIONAL']);
});

test('a host that launches name with the address of another computer is a setting of the server', () => {
  const { arguments: found } = needsOf({ 'README.md': block(['--host=10.0.0.1', '--user=me']), 'index.js': '' });
  expect(found.map(({ flag, advanced }) => [flag, advanced])).toEqual([
    ['--host', false],
    ['--user', false],
  ]);
});

test('options of other subcommands are left out, in code and in lines of a shell', () => {
  const { arguments: found, fixedArguments } = needsOf({
    'README.md': `${block([])}\`\`\`sh\nnpx -y x-mcp get --path /tickets\n\`\`\`\n`,
    'index.js': 'program.command("get").requiredOption("--path <p>"); program.option("--mine <m>")',
  });
  expect(found.map(({ flag }) => flag)).toEqual(['--mine']);
  expect(fixedArguments).toEqual([]);
});

test('a short flag of an example is the long one that a table or code declares', () => {
  const { arguments: found } = needsOf({
    'README.md': block(['-t', 'abc']),
    'index.js': 'program.requiredOption("-t, --token <t>")',
  });
  expect(found.map(({ flag, required, kind }) => [flag, required, kind])).toEqual([['--token', true, 'SECRET']]);
});

test('variables that code builds from the names of its options stand beside them', () => {
  const { credentials } = needsOf({
    'README.md': block([]),
    'index.js':
      'const OPTIONS = [{ name: "token", flags: ["--token", "-t"] }, { name: "mode", flags: ["--mode"] }];\nfor (const o of OPTIONS) read(process.env[`X_${o.name.toUpperCase()}`]);',
  });
  expect(credentials.map(({ name, description }) => [name, description])).toEqual([
    ['X_TOKEN', 'Does the same as --token.'],
    ['X_MODE', 'Does the same as --mode.'],
  ]);
});

test('what is of no use alone is needed together with its companion', () => {
  const files = {
    'README.md': block([], { A_TOKEN: 'x' }),
    'index.js': 'if (process.env.A_TOKEN && !process.env.A_DOMAIN) process.exit(1);',
  };
  expect(fields(files).map((field) => field.split(' ').slice(0, 3).join(' '))).toEqual([
    'A_TOKEN SECRET LAZY',
    'A_DOMAIN TEXT LAZY',
  ]);
});

test('a stand-in for a key in code does not make the key optional', () => {
  const code =
    'z.object({ key: z.string().min(1) }).parse({ key: process.env.A_KEY || "" }); export function sandbox() { process.env.A_KEY = process.env.A_KEY || "sandbox"; }';
  expect(fields({ 'README.md': block([], { A_KEY: 'x' }), 'index.js': code })).toEqual(['A_KEY SECRET LAZY']);
});

test('without a launch in the documents, code shows the subcommand that starts the server', () => {
  const code = 'program.command("login").action(a); program.command("serve").option("--dir <d>").action(b);';
  const found = needsOf({ 'README.md': '# X', 'index.js': code });
  expect(found.fixedArguments).toEqual(['serve']);
  expect(found.arguments.map(({ flag }) => flag)).toEqual(['--dir']);
  expect(needsOf({ 'README.md': '# X', 'index.js': `${code} program.action(c);` }).fixedArguments).toEqual([]);
  expect(needsOf({ 'README.md': block([]), 'index.js': code }).fixedArguments).toEqual([]);
});
