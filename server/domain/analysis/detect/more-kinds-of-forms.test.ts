import { expect, test } from 'vitest';
import { describePackage } from './described-package.testing.ts';

const block = (env: Record<string, string> = {}, args: string[] = []) =>
  `\`\`\`json\n${JSON.stringify({ mcpServers: { x: { command: 'npx', args: ['-y', 'x-mcp', ...args], env } } })}\n\`\`\`\n`;

const variables = (files: Record<string, string>) =>
  describePackage(files).credentials.map(
    ({ name, requirement, advanced }) => `${name} ${requirement}${advanced ? ' advanced' : ''}`,
  );
const places = (files: Record<string, string>) =>
  describePackage(files).arguments.map(
    ({ name, flag, required, variable }) =>
      `${flag ?? `<${name}>`}${required ? ' required' : ''}${variable ? ` as ${variable}` : ''}`,
  );

test('a need that a check proves through the object which its caller hands on', () => {
  const load =
    'const { createServer } = require("./server.js");\nfunction load() { const url = process.env.X_URL || ""; return { url, key: process.env.X_KEY }; }\n(0, server_1.createServer)(load());';
  const server =
    'function createServer(config) { check(config); return config; }\nfunction check(config) { if (!config.url) throw new Error("The address is missing"); }\nexports.createServer = createServer;';
  const other = 'const client = make({ url: other.url });';
  expect(variables({ 'index.js': load, 'server.js': server, 'other.js': other })).toContain('X_URL HARD');
  expect(variables({ 'index.js': load, 'server.js': server })).not.toContain('X_KEY HARD');
});

test('settings of another subcommand are advanced, and its options are left out, shared builders included', () => {
  const files = {
    'README.md': `${block({}, ['stdio'])}Set \`X_GUARD\` to a token for callers. \`X_REGION\` is the region.\n`,
    'index.js':
      "const shared = (y) => y.option('listen-on', { type: 'string' });\nconst settings = (argv) => ({ guard: process.env.X_GUARD, on: argv.listenOn });\n" +
      "yargs(hideBin(process.argv)).command('stdio', 'Over stdio', () => {}, () => serve(process.env.X_REGION))" +
      ".command('web', 'Over HTTP', shared, (argv) => start(() => listen(settings(argv))));",
  };
  expect(variables(files).toSorted()).toEqual(['X_GUARD OPTIONAL advanced', 'X_REGION OPTIONAL']);
  expect(places(files)).toEqual([]);
});

test('a key of another subcommand is not demanded', () => {
  const files = {
    'README.md': block({}, ['serve']),
    'index.js':
      "program.command('serve').action(() => serve());\nprogram.command('login').action(() => { if (!process.env.X_KEY) process.exit(1); });",
  };
  expect(variables(files)).not.toContain('X_KEY HARD');
});

test('a table that demands a switch for HTTP is about that mode', () => {
  const table = (name: string, value: string) =>
    `| Environment variable | Required | Description |\n|---|---|---|\n| \`${name}\` | ✅ | Must be \`${value}\` |\n| \`X_APP\` | ✅ | The id of the app |\n`;
  const code = { 'index.js': 'process.env.X_APP; process.env.STREAMABLE_HTTP; process.env.X_MODE' };
  expect(variables({ ...code, 'README.md': `${block()}${table('STREAMABLE_HTTP', 'true')}` })).toContain(
    'X_APP OPTIONAL advanced',
  );
  expect(variables({ ...code, 'README.md': `${block()}${table('X_MODE', 'fast')}` })).toContain('X_APP LAZY');
});

test('a line that starts HTTP, or says so in a comment, speaks of that mode alone', () => {
  const code = 'process.env.X_GATE';
  const shell = (line: string) => `${block()}\n\`\`\`sh\n${line}\n\`\`\`\n`;
  expect(variables({ 'index.js': code, 'README.md': shell('export X_GATE=a') })).toEqual(['X_GATE OPTIONAL']);
  for (const line of ['export X_GATE=a # For the HTTP transport only', 'X_GATE=a node x.js --transport http'])
    expect(variables({ 'index.js': code, 'README.md': shell(line) })).toEqual(['X_GATE OPTIONAL advanced']);
});

test('names in the description of a tool, and in a query, are no settings', () => {
  const description = `Writes the settings \`DB_HOST\` and DB_PORT of the website. ${'It then restarts the application. '.repeat(12)}`;
  const files = {
    'README.md': `${block({ X_KEY: 'your-key' })}## Environment variables\n\nThe tool sets \`DB_HOST\`, \`DB_PORT\` and reads \`INFO_SCHEMA\`.\n`,
    'index.js': `process.env.X_KEY;\nconst tool = { description: ${JSON.stringify(description)} };\nconst query = "SELECT * FROM data.INFO_SCHEMA.COLUMNS";`,
  };
  expect(variables(files)).toEqual(['X_KEY LAZY']);
});

test('a name that the code hands on to a dependency counts, also in a message', () => {
  const files = {
    'README.md': `${block({ X_KEY: 'your-key' })}## Environment variables\n\nSet \`X_REGION\` or \`X_ZONE\`.\n`,
    'index.js': 'process.env.X_KEY;\nread("X_REGION");\nconsole.log("Set X_ZONE for another zone");',
  };
  expect(variables(files).map((one) => one.split(' ')[0])).toEqual(['X_KEY', 'X_REGION', 'X_ZONE']);
});

test('a variable that a message calls by the beginning of its name is one', () => {
  const files = {
    'index.js':
      'const path = process.env.X_REGISTRY_PATH;\nfunction tool() { throw new Error("The token is missing: set X_TOKEN env var, or register one in X_REGISTRY."); }\nprocess.env.X_TOKEN',
  };
  expect(variables(files).map((one) => one.split(' ')[0])).not.toContain('X_REGISTRY');
});

test('flags that a loop over the words compares are found, with and without a value', () => {
  const index =
    "const args = process.argv.slice(2);\nfor (let i = 0; i < args.length; i++) {\n  const arg = args[i];\n  if (arg === '--region') {\n    region = args[++i];\n  } else if (arg === '--fast') {\n    fast = true;\n  }\n}";
  const fields = describePackage({ 'index.js': index }).arguments;
  expect(fields.map(({ flag, kind }) => `${flag} ${kind}`).toSorted()).toEqual(['--fast BOOLEAN', '--region TEXT']);
});

test('a place that a variable can fill as well is one setting with it', () => {
  const index =
    'if (!url) {\n  console.error("Please give an address as an argument or X_URI environment variable");\n  console.error("Usage: x-mcp <address>");\n  process.exit(1);\n}\nconst url = process.argv[2] || process.env.X_URI;';
  expect(places({ 'index.js': index })).toEqual(['<address> required as X_URI']);
});

test.each([
  ['X_MONGODB_URI', 'SECRET'],
  ['X_REDIS_URL', 'SECRET'],
  ['X_SITE_URL', 'TEXT'],
])('the address of a database is a secret under a prefix too: %s', (name, kind) => {
  const [field] = describePackage({
    'index.js': `use(process.env.${name})`,
    'README.md': block({ [name]: 'a' }),
  }).credentials;
  expect(field?.kind).toBe(kind);
});

test.each([
  'X_LOG_DISABLE',
  'X_AUDIT_LOG',
  'X_REMOTE_AUTHORIZATION',
  'X_ALLOWED_REDIRECT_URIS',
  'X_RATE_LIMIT_PER_HOUR',
])('a setting of logs, or of a server for many, is advanced: %s', (name) => {
  const files = { 'index.js': `use(process.env.${name})`, 'README.md': `${block()}- \`${name}\`: A setting.\n` };
  expect(variables(files)).toEqual([`${name} OPTIONAL advanced`]);
});

test('an id that every launch leaves to be filled in beside a key is needed like the key', () => {
  const files = {
    'README.md': block({ X_API_KEY: 'your-key', X_PROJECT_ID: 'your-project' }),
    'index.js': 'process.env.X_API_KEY; const id = process.env.X_PROJECT_ID ?? other();',
  };
  expect(variables(files)).toEqual(['X_API_KEY LAZY', 'X_PROJECT_ID LAZY']);
});

test('names that documents kept from an earlier version are left out, but not where code puts names together', () => {
  const names = ['X_HOST', 'X_PORT', 'X_USER', 'X_PASS', 'X_MODE'];
  const readme = `${block()}| Variable | Description |\n|---|---|\n| \`X_POOL\` | Connections in the pool |\n| \`Y_REGION\` | The region |\n`;
  const index = `${names.map((name) => `use(process.env.${name});`).join('\n')}\n${'// the program\nrun();\n'.repeat(200)}`;
  const found = (code: string) => variables({ 'README.md': readme, 'index.js': code }).map((one) => one.split(' ')[0]);
  expect(found(index)).toContain('Y_REGION');
  expect(found(index)).not.toContain('X_POOL');
  // a vendor's other settings begin with the vendor's name alone
  expect(found(index.replaceAll('env.X_', 'env.X_CLOUD_'))).toContain('X_POOL');
  expect(found(`${index}const read = (name) => process.env[name];`)).toContain('X_POOL');
});

test('of several flags for the same mode the one that launches give is set', () => {
  const index =
    "if (process.argv.includes('--mcp') || process.argv.includes('--serve-tools')) { serve(new StdioServerTransport()); } else cli();";
  const fixed = (args: string[]) => describePackage({ 'index.js': index, 'README.md': block({}, args) });
  expect(fixed(['--serve-tools']).fixedArguments).toEqual(['--serve-tools']);
  expect(fixed(['--serve-tools']).arguments).toEqual([]);
  expect(fixed([]).fixedArguments).toEqual(['--mcp']);
});

test('names that code puts together from a table and a prefix are found, as the code spells them', () => {
  const table =
    "export const OPTIONS = [{ name: 'token', flags: ['--token'], required: true }, { name: 'readOnly', flags: ['--read-only'] }];";
  const read = (spelling: string) =>
    `import { OPTIONS } from './table.js';\nfor (const one of OPTIONS) { const variable = \`X_\${${spelling}}\`; if (process.env[variable]) use(process.env[variable]); }`;
  const names = (spelling: string) =>
    variables({ 'index.js': read(spelling), 'table.js': table }).map((one) => one.split(' ')[0]);
  expect(names('one.name.toUpperCase()').toSorted()).toEqual(['X_READONLY', 'X_TOKEN']);
  expect(names("one.name.replace(/([A-Z])/g, '_$1').toUpperCase()").toSorted()).toEqual(['X_READ_ONLY', 'X_TOKEN']);
});

test('a file of settings that leaves them to be filled in says what is needed, where no launch sets any', () => {
  const file =
    '## Configuration\n\n```env\nX_SITE=your-site\nX_KEY=your_api_key\nX_MODE=fast\n# X_ZONE=your-zone\n```\n';
  const index = 'process.env.X_SITE; process.env.X_KEY; process.env.X_MODE; process.env.X_ZONE';
  expect(variables({ 'index.js': index, 'README.md': `${block()}${file}` }).toSorted()).toEqual([
    'X_KEY LAZY',
    'X_MODE OPTIONAL',
    'X_SITE LAZY',
    'X_ZONE OPTIONAL',
  ]);
  // launches that set something else know better
  expect(variables({ 'index.js': index, 'README.md': `${block({ X_MODE: 'fast' })}${file}` })).toContain(
    'X_SITE OPTIONAL',
  );
  // code that goes on with a default needs nothing
  const withDefault = index.replace('process.env.X_SITE', 'process.env.X_SITE || "main"');
  expect(variables({ 'index.js': withDefault, 'README.md': `${block()}${file}` })).toContain('X_SITE OPTIONAL');
});

test('two ways to sign in are a choice although another launch adds a secret to one of them', () => {
  const files = {
    'README.md':
      block({ X_URL_SECRET: 'a', X_MODE: 'b' }) +
      block({ X_HOST: 'your-host', X_PASSWORD: 'your-password' }) +
      block({ X_URL_SECRET: 'a', X_TUNNEL_KEY: 'c' }),
    'index.js': 'process.env.X_URL_SECRET; process.env.X_PASSWORD; process.env.X_TUNNEL_KEY; process.env.X_HOST',
  };
  const groups = describePackage(files).credentials.flatMap(({ name, group }) => (group ? [name] : []));
  expect(groups.toSorted()).toEqual(['X_PASSWORD', 'X_URL_SECRET']);
});

test('a value that documents give a variable is no variable itself, nor are its alternatives', () => {
  const files = {
    'README.md': `${block({ X_KEY: 'your-key', X_ACCESS: 'READ_ONLY' })}## Environment variables\n\n- \`X_ACCESS\`: what tools may do\n  - \`READ_ONLY\`: set it to read alone\n  - \`READ_WRITE\`: reads and writes\n- \`X_REGION\`: the region\n`,
    'index.js':
      "process.env.X_KEY; const access = process.env.X_ACCESS || 'READ_ONLY';\nif (access === 'READ_WRITE') write();\nread('X_REGION')",
  };
  expect(
    variables(files)
      .map((one) => one.split(' ')[0])
      .toSorted(),
  ).toEqual(['X_ACCESS', 'X_KEY', 'X_REGION']);
});

test('what a bundle demands right behind the place that takes the environment apart is demanded', () => {
  const library = `function f(a) { if (!a) throw new Error("a"); return a; }\n`.repeat(8_000);
  const own =
    'var { X_HOST, X_PORT: port } = process.env;\nif (!X_HOST || !port) {\n  console.error("no");\n  process.exit(1);\n}\nconnect(process.env.X_PORT ?? 1433, process.env.X_POOL);\n';
  expect(
    variables({ 'index.js': `${library}${own}`, 'README.md': block({ X_HOST: 'a', X_POOL: '5' }) }).toSorted(),
  ).toEqual(['X_HOST HARD', 'X_POOL OPTIONAL', 'X_PORT HARD']);
});

test('documents of a release workflow, and of decisions, are not for users', () => {
  const table = (name: string) => `# Setup\n\n| Secret | Purpose |\n|---|---|\n| \`${name}\` | Publishing |\n`;
  const files = {
    'README.md': `${block({ X_KEY: 'your-key' })}`,
    '.github/WORKFLOWS.md': table('RELEASE_TOKEN'),
    'docs/decisions/0026-breaker.md': table('HALF_OPEN'),
    'docs/setup.md': table('X_ZONE'),
    'index.js': 'process.env.X_KEY',
  };
  expect(variables(files).map((one) => one.split(' ')[0])).toEqual(['X_KEY', 'X_ZONE']);
});

test('words of its own name, and "your" in other languages, stand for a value to be filled in', () => {
  const file = '```env\nX_DOC_ID=id_du_doc_x\nX_NAME=votre_nom\nX_MODE=read_only\n```\n';
  const index = 'process.env.X_DOC_ID; process.env.X_NAME; process.env.X_MODE';
  expect(variables({ 'index.js': index, 'README.md': file }).toSorted()).toEqual([
    'X_DOC_ID LAZY',
    'X_MODE OPTIONAL',
    'X_NAME LAZY',
  ]);
});

test('the other members of a list that holds a value are values too', () => {
  const files = {
    'README.md': '```env\nX_ACCESS=READ_ONLY\n```\n\nThe variable decides:\n- `ALL_CRUD`: set it for everything\n',
    'index.js': "const valid = ['READ_ONLY', 'ALL_CRUD'];\nif (!valid.includes(process.env.X_ACCESS)) warn();",
  };
  expect(variables(files)).toEqual(['X_ACCESS OPTIONAL']);
});

test('ways that headings number are a choice, of which one is usually needed', () => {
  const way = (at: number, env: Record<string, string>) => `### Option ${at}: way ${at}\n\n${block(env)}`;
  const readme = `# X\n\n${way(1, { X_FILE: '/a.json' })}${way(2, { X_ACCOUNTS: '[]' })}${way(3, { X_CONNECTION_STRING: 'a', X_DB: 'b' })}`;
  const index = 'process.env.X_FILE; process.env.X_ACCOUNTS; process.env.X_CONNECTION_STRING; process.env.X_DB';
  const grouped = (text: string) =>
    describePackage({ 'README.md': text, 'index.js': index }).credentials.flatMap(({ name, group, requirement }) =>
      group ? [`${name} ${requirement}`] : [],
    );
  expect(grouped(readme).toSorted()).toEqual(['X_ACCOUNTS LAZY', 'X_CONNECTION_STRING LAZY', 'X_FILE LAZY']);
  expect(grouped(readme.replaceAll('Option', 'Server'))).toEqual([]);
});

test('a file that only a library in a bundle reads is folded away', () => {
  const library = 'function f() { return process.env.OTHER_CLIENT_CERTIFICATE_PATH; }\n';
  const index = `${library}${'// code of a library that is long\nrun();\n'.repeat(12_000)}process.env.X_KEY`;
  expect(variables({ 'index.js': index, 'README.md': block({ X_KEY: 'k' }) })).toEqual([
    'X_KEY LAZY',
    'OTHER_CLIENT_CERTIFICATE_PATH OPTIONAL advanced',
  ]);
});

test('a version is a setting where a variable sets it too', () => {
  const table = "[{ name: 'token', flags: ['--token'] }, { name: 'version', flags: ['--version'] }]";
  const index = `for (const one of ${table}) use(process.env[\`X_\${one.name.toUpperCase()}\`]);`;
  expect(places({ 'index.js': index })).toContain('--version as X_VERSION');
  expect(places({ 'index.js': `use(${table});` })).not.toContain('--version');
});
