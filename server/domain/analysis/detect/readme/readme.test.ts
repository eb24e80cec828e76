import { expect, test } from 'vitest';
import { targetOf } from '../../source/target.ts';
import { detectReadmeArguments } from './arguments.ts';
import { detectReadmeEnv } from './env.ts';
import { detectLaunches } from './launches.ts';

const set = (text: string) => ({ files: [{ path: 'README.md', text }], paths: [], truncated: false });
const env = (text: string) => detectReadmeEnv(set(text)).map(({ evidence: _, ...finding }) => finding);
const launches = (text: string) =>
  detectLaunches(set(text)).map(({ launch, line }) => [targetOf(launch), Object.keys(launch.env), line]);

test('reads requirements and defaults from a table', () => {
  const table =
    '## Environment\n| Variable | Required | Default | Description |\n|---|---|---|---|\n| `A_KEY` | Yes | - | The key |\n| `A_MODE` | No | `fast` | How |\n';
  expect(env(table)).toMatchObject([
    { name: 'A_KEY', requirement: 'LAZY', description: 'The key' },
    { name: 'A_MODE', requirement: 'OPTIONAL', default: 'fast', description: 'How' },
  ]);
});

test.each([
  ['- `A_KEY` (required): Your key', { requirement: 'LAZY' }],
  ['- **A_KEY** - optional, your key', { requirement: 'OPTIONAL' }],
  ['* `A_KEY`: needed only if you use the cloud. Required when X.', { requirement: 'OPTIONAL' }],
])('a bullet: %s', (text, expected) => expect(env(text)).toMatchObject([{ name: 'A_KEY', ...expected }]));

test('takes no words of prose, placeholders or names of a script for variables', () => {
  expect(env('- NOTE: use GET or POST\n- MCP is great\nReplace `YOUR_API_KEY`.')).toEqual([]);
  expect(env('```bash\nREMOTE_SERVER=example\nssh $REMOTE_SERVER\n```')).toEqual([]);
});

test('sections about working on the server are left out', () => {
  expect(env('# X\n## Development\n- `TEST_KEY`: for the tests')).toEqual([]);
});

test.each([
  [
    '```json\n{ // mine\n "mcpServers": {"x": {"command": "npx", "args": ["-y", "x-mcp@1.0.0", "--stdio",], "env": {"A_KEY": "k"}}}}\n```',
  ],
  ['```toml\n[mcp_servers.x]\ncommand = "npx"\nargs = ["-y", "x-mcp@1.0.0", "--stdio"]\nenv = { A_KEY = "k" }\n```'],
  ['```bash\nclaude mcp add x -e A_KEY=k -- npx -y x-mcp@1.0.0 --stdio\n```'],
  ['```sh\nA_KEY=k npx -y \\\n  x-mcp@1.0.0 --stdio\n```'],
  [
    '```json\n{"mcpServers": {"x": {"command": "cmd", "args": ["/c", "npx", "-y", "x-mcp@1.0.0", "--stdio"], "env": {"A_KEY": "k"}}}}\n```',
  ],
])('one launch in many spellings: %s', (text) => {
  expect(launches(text)).toMatchObject([
    [{ kind: 'npm', name: 'x-mcp', version: '1.0.0', args: ['--stdio'] }, ['A_KEY'], expect.any(Number)],
  ]);
});

test.each([
  ['npx -y mcp-remote https://x.example/mcp', { kind: 'remote' }],
  ['npx -y github:o/r', { kind: 'git', installer: 'npm' }],
  ['uvx --from git+https://github.com/o/r x', { kind: 'git', installer: 'pypi', bin: 'x' }],
  ['uvx mcp-server-x==1.0 --flag', { kind: 'pypi', name: 'mcp-server-x', version: '1.0', args: ['--flag'] }],
  [
    'docker run -i --rm -e A_KEY ghcr.io/o/x stdio',
    { kind: 'oci', image: 'ghcr.io/o/x', env: ['A_KEY'], args: ['stdio'], hasInput: true },
  ],
  ['docker run -d -p 80:80 ghcr.io/o/x', { kind: 'oci', image: 'ghcr.io/o/x', hasInput: false }],
  ['node dist/index.js', { kind: 'local' }],
])('understands %s', (line, expected) =>
  expect(launches(`\`\`\`bash\n${line}\n\`\`\``)[0]?.[0]).toMatchObject(expected),
);

test('a table of flags gives options, and the variables beside them', () => {
  const table =
    '## Options\n| Option | Description |\n|---|---|\n| --cdp-endpoint <endpoint> | Where Chrome is.<br>*env* `X_CDP_ENDPOINT` |\n| `--headless` | No window |\n| -c, --caps CAPS | More tools, defaults to "core"<br>*env* `X_CAPS` |\n| --port <port> | For HTTP |\n';
  expect(detectReadmeArguments(set(table))).toMatchObject([
    { flag: '--cdp-endpoint', kind: 'TEXT', description: 'Where Chrome is.', evidence: { line: 4 } },
    { flag: '--headless', kind: 'BOOLEAN' },
    { flag: '--caps', kind: 'TEXT' },
    { flag: '--port', scope: 'http' },
  ]);
  expect(env(table)).toMatchObject([
    { name: 'X_CDP_ENDPOINT', description: 'Where Chrome is.' },
    { name: 'X_CAPS', default: 'core' },
  ]);
  expect(detectReadmeArguments(set(table.split('\n').slice(0, 5).join('\n'))), 'two rows prove nothing').toEqual([]);
});

test('a table of flags without values takes their kinds from types, defaults, words and launches', () => {
  const table =
    '| Flag | Default | Description |\n|---|---|---|\n| `--host` | — | Name of the computer |\n| `--group` | prod | Policy tier |\n| `--fast` | — | Skip the checks |\n| `--strict` | `false` | Checks |\n| `--level` | — | Allow more |\n';
  expect(detectReadmeArguments(set(table), new Set(['--level']))).toMatchObject([
    { flag: '--host', kind: 'TEXT', description: 'Name of the computer' },
    { flag: '--group', kind: 'TEXT', default: 'prod' },
    { flag: '--fast', kind: 'BOOLEAN' },
    { flag: '--strict', kind: 'BOOLEAN' },
    { flag: '--level', kind: 'TEXT' },
  ]);
});

test.each([
  ['| `A_KEY` | None; required | Key |', undefined],
  ['| `A_KEY` | Current directory | Where |', undefined],
  ['| `A_KEY` | auto-detected | Where |', undefined],
  ['| `A_KEY` | fast | Where |', 'fast'],
  ['| `A_KEY` | `a b` (fast) | Where |', 'a b'],
])('takes a default from a cell only where it is a value: %s', (row, expected) => {
  const [found] = env(`| Variable | Default | Description |\n|---|---|---|\n${row}\n`);
  expect(found?.default).toBe(expected);
});

test('the last of several choices belongs to them behind a comma and an "or"', () => {
  const [found] = env('- `A_TIER` (optional): Supported values: `one`, `two`, or `three`.\n');
  expect(found?.choices).toEqual(['one', 'two', 'three']);
});

test('constants below a heading about error codes are not variables', () => {
  const table = '| Code | Description |\n|---|---|\n| `A_FAILED` | It failed |\n';
  expect(env(`# X\n\n## Error codes\n\n${table}`)).toEqual([]);
  expect(env('# X\n\n## Error codes\n\n- `A_FAILED`: It failed\n')).toEqual([]);
  expect(env('# Error tracker\n\n- `A_TOKEN`: Token\n')).toHaveLength(1);
});
