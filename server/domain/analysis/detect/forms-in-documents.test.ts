import { expect, test } from 'vitest';
import { describePackage } from './described-package.testing.ts';

const LAUNCH = '```json\n{ "mcpServers": { "x": { "command": "npx", "args": ["-y", "x-mcp"] } } }\n```\n';

const namesIn = (files: Record<string, string>) =>
  describePackage(files)
    .credentials.map(({ name, advanced }) => `${name}${advanced ? ' advanced' : ''}`)
    .toSorted();

test('examples of a pattern that documents describe are no fields', () => {
  const readme = (pattern: string) =>
    `${LAUNCH}\`\`\`env\nX_HOST=a\nX_MAIN_HOST=b\nX_SALES_HOST=c\n\`\`\`\n\n| Variable | Description |\n|---|---|\n| \`X_HOST\` | Name |\n| \`${pattern}\` | Of one of several |\n`;
  const code = 'use(process.env.X_HOST); const all = Object.keys(process.env); read(`X_${name}_HOST`); // X_MAIN_HOST';
  const files = (pattern: string) => ({
    'README.md': readme(pattern),
    'index.js': `${code}\nX_SALES_HOST; X_MAIN_HOST`,
  });
  expect(namesIn(files('X_<NAME>_HOST'))).toEqual(['X_HOST']);
  expect(namesIn(files('X_OTHER_HOST'))).toContain('X_MAIN_HOST');
});

test('a table that begins with a mode which needs HTTP is about that mode', () => {
  const readme = (text: string) =>
    `${LAUNCH}| Variable | Description |\n|---|---|\n| \`X_TEAM_MODE\` | Enable team mode${text} |\n| \`X_TEAM_DOMAINS\` | Who may sign in |\n`;
  const code = 'process.env.X_TEAM_MODE; process.env.X_TEAM_DOMAINS';
  expect(namesIn({ 'README.md': readme('; requires HTTP'), 'index.js': code })).toEqual([
    'X_TEAM_DOMAINS advanced',
    'X_TEAM_MODE advanced',
  ]);
  expect(namesIn({ 'README.md': readme(''), 'index.js': code })).toContain('X_TEAM_DOMAINS');
});

test('options are read in the document about options as well, and those of a loop over the words', () => {
  const rows = ['`--region=<name>`', '`--no-cache[=<bool>]`', '`--limit=<n>`'];
  const table = `| Flag | Description |\n|---|---|\n${rows.map((row) => `| ${row} | Text about it |\n`).join('')}`;
  const flags = (files: Record<string, string>) =>
    describePackage(files)
      .arguments.map(({ flag }) => flag)
      .toSorted();
  const start = 'run(process.argv)';
  expect(flags({ 'docs/configuration.md': table, 'index.js': start })).toEqual(['--limit', '--no-cache', '--region']);
  expect(flags({ 'docs/history.md': table, 'index.js': start })).toEqual([]);
  const loop = "for (const arg of process.argv) if (arg.startsWith('--zone=')) zone = arg.split('=')[1];";
  expect(flags({ 'index.js': loop })).toEqual(['--zone']);
});

test('a file that launches name beside the program is a place, which code demands', () => {
  const launch = LAUNCH.replace('"x-mcp"]', '"x-mcp", "servers.json"]');
  const index =
    "program.argument('<config-file>', 'The file').action(run);\nprogram.command('migrate').action(() => {});\nprogram.parse(process.argv);";
  const places = describePackage({ 'README.md': launch, 'index.js': index }).arguments;
  expect(places.map(({ flag, required }) => [flag, required])).toEqual([[null, true]]);
});
