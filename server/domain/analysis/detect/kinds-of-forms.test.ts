import { expect, test } from 'vitest';
import { describePackage } from './described-package.testing.ts';

/**
 * Kinds of wrong forms, each as the smallest package that showed it. Kinds that no files show have tests of their own:
 * names like a vendor's (`name-likeness.test.ts`), verdicts (`analyze-package`), installations (`deploy/host/install`)
 * and a bin under a scope (`package-facts.test.ts`).
 */
const block = (args: string[], env: Record<string, string> = {}) =>
  `\`\`\`json\n${JSON.stringify({ mcpServers: { x: { command: 'npx', args: ['-y', 'x-mcp', ...args], env } } })}\n\`\`\`\n`;

function formOf(files: Record<string, string>): string[] {
  const { credentials, arguments: args, fixedArguments } = describePackage(files);
  return [
    ...fixedArguments.map((word) => `fixed ${word}`),
    ...credentials.map(
      ({ name, kind, requirement, group, together = [], advanced }) =>
        `${name} ${kind} ${requirement}${group ? ` in ${group}` : ''}${together.map((one) => ` with ${one}`).join('')}${advanced ? ' advanced' : ''}`,
    ),
    ...args.map(
      ({ name, flag, kind, required, usual, variable }) =>
        `${flag ?? `<${name}>`} ${kind}${required ? ' required' : usual ? ' usual' : ''}${variable ? ` as ${variable}` : ''}`,
    ),
  ];
}

test.each([
  [
    'a need is a need: a helper that throws',
    {
      'index.js':
        'const need = (n) => { const v = process.env[n]; if (!v) throw new Error(n); return v; };\nneed("X_HOST");',
    },
    ['X_HOST TEXT HARD'],
  ],
  [
    'what every launch leaves to be filled in is usually needed',
    {
      'README.md': block([], { X_HOST: 'your-host', X_MODE: 'fast' }),
      'index.js': 'process.env.X_HOST; process.env.X_MODE',
    },
    ['X_HOST TEXT LAZY', 'X_MODE TEXT OPTIONAL'],
  ],
  [
    'a key is needed over stdio although the section about HTTP calls it a fallback',
    {
      'README.md': `${block([], { X_KEY: 'your-key' })}## Remote HTTP server\n\n| Variable | Meaning |\n|---|---|\n| \`X_KEY\` | Optional: fallback for all requests |\n`,
      'index.js': 'process.env.X_KEY',
    },
    ['X_KEY SECRET LAZY'],
  ],
  [
    'variables of other programs in the package are none',
    {
      'index.js': 'import "./serve.js";',
      'serve.js': 'process.env.X_KEY',
      'scripts/evaluate.js': 'process.env.OTHER_API_KEY',
      'README.md': block([], { X_KEY: 'k' }),
    },
    ['X_KEY SECRET LAZY'],
  ],
  [
    'one of several ways suffices',
    { 'index.js': 'const token = process.env.X_TKN || process.env.X_TOKEN;\nif (!token) process.exit(1);' },
    ['X_TKN SECRET HARD in X_TKN|X_TOKEN', 'X_TOKEN SECRET HARD in X_TKN|X_TOKEN'],
  ],
  [
    'a key, or an address with its password',
    {
      'index.js':
        'z.object({ X_URL: z.string(), X_KEY: z.string().optional(), X_MAIL: z.string().optional(), X_PASSWORD: z.string().optional() }).refine((d) => d.X_KEY || (d.X_MAIL && d.X_PASSWORD)).parse(process.env);',
    },
    [
      'X_URL TEXT HARD',
      'X_KEY SECRET HARD in X_KEY|X_MAIL|X_PASSWORD',
      'X_MAIL TEXT HARD in X_KEY|X_MAIL|X_PASSWORD with X_PASSWORD',
      'X_PASSWORD SECRET HARD in X_KEY|X_MAIL|X_PASSWORD with X_MAIL',
    ],
  ],
  [
    'prose is no default',
    {
      'README.md': `${block([], { X_KEY: 'k' })}| Variable | Default |\n|---|---|\n| \`X_KEY\` | None; required |\n`,
      'index.js': 'process.env.X_KEY',
    },
    ['X_KEY SECRET LAZY'],
  ],
  [
    'a sentence that offers a setting, or keeps it for HTTP, demands nothing',
    {
      'index.js':
        'process.env.X_LOCK;\nprocess.env.X_GATE;\nconsole.error("Set X_LOCK to require a token");\nthrow new Error("X_GATE is required for HTTP mode");',
      'README.md': block([]),
    },
    ['X_LOCK TEXT OPTIONAL advanced', 'X_GATE TEXT OPTIONAL advanced'],
  ],
  [
    'options of other subcommands are none of the form',
    {
      'README.md': block(['serve']),
      'index.js':
        'program.command("serve").option("--root <dir>", "Folder");\nprogram.command("create").requiredOption("--body <text>", "Text");',
    },
    ['fixed serve', '--root TEXT'],
  ],
  [
    'codes of errors are no settings',
    {
      'README.md': block([], { X_URL: 'https://your-host' }),
      'index.js':
        'process.env.X_URL;\nconst CODES = { X_NOT_FOUND: "X_NOT_FOUND", X_DENIED: "X_DENIED" };\nthrow new Error(CODES.X_DENIED);',
    },
    ['X_URL TEXT LAZY'],
  ],
  [
    'names of an own SSH setting and names in lower case are found',
    {
      'README.md': block([], { X_SSH_HOST: 'your-host', acme_user: 'you' }),
      'index.js': 'process.env.X_SSH_HOST; process.env.acme_user',
    },
    ['X_SSH_HOST TEXT LAZY', 'acme_user TEXT OPTIONAL'],
  ],
  [
    'the subcommand of stdio stays, whatever a line of another mode says',
    {
      'README.md': `${block(['mcp', 'start'])}\`\`\`sh\nnpx -y x-mcp web --port 3000\n\`\`\`\n`,
      'index.js': 'run(process.argv);',
    },
    ['fixed mcp', 'fixed start'],
  ],
  [
    'a table of flags without values gives texts, not switches',
    {
      'README.md':
        '```sh\nnpx x-mcp --host=10.0.0.1 --user=me\n```\n\n| Flag | Default | Description |\n|---|---|---|\n| `--host` | — | Name of the computer |\n| `--config` | — | Path to a file |\n| `--group` | prod | Policy tier: `prod`, `staging` or `dev` |\n',
      'index.js': 'process.argv.slice(2).map((word) => word.replace(/^--/, "").split("="));',
    },
    ['--host TEXT', '--user TEXT', '--config TEXT', '--group TEXT'],
  ],
  [
    'a session string, an API hash, a kubeconfig and a connection string are secrets',
    {
      'README.md': block([], { X_SESSION_STRING: 'a', X_API_HASH: 'b', X_KUBECONFIG_YAML: 'c', X_DATABASE_DSN: 'd' }),
      'index.js':
        'process.env.X_SESSION_STRING; process.env.X_API_HASH; process.env.X_KUBECONFIG_YAML; process.env.X_DATABASE_DSN',
    },
    [
      'X_SESSION_STRING SECRET LAZY',
      'X_API_HASH SECRET LAZY',
      'X_KUBECONFIG_YAML SECRET LAZY',
      'X_DATABASE_DSN SECRET LAZY',
    ],
  ],
  [
    'a flag and a variable under a prefix are one setting',
    {
      'index.js':
        "const OPTIONS = [{ name: 'token', flags: ['--token', '-t'], required: true }, { name: 'mode', flags: ['--mode'] }];\n" +
        'for (const one of OPTIONS) process.env[`X_${one.name.toUpperCase()}`];',
    },
    [
      '--token SECRET required as X_TOKEN',
      '--mode TEXT as X_MODE',
      'X_TOKEN SECRET OPTIONAL',
      'X_MODE TEXT OPTIONAL advanced',
    ],
  ],
  [
    'options behind the subcommand of yargs are those of the program',
    {
      'index.js':
        "yargs(hideBin(process.argv)).command('test', 'Tests', {}, () => {}).option('region', { type: 'string' }).parse();",
    },
    ['--region TEXT'],
  ],
  [
    'a flag is read through a function that looks for it',
    {
      'index.js':
        "function valueOf(flag) { const words = process.argv.slice(2); return words[words.indexOf(flag) + 1]; }\nvalueOf('--region');",
    },
    ['--region TEXT'],
  ],
  [
    'a switch without which the code ends is required',
    { 'index.js': "if (!process.env.X_SECURE) process.exit(1);\nconst secure = process.env.X_SECURE === 'true';" },
    ['X_SECURE BOOLEAN HARD'],
  ],
  [
    'a place that every launch gives is usually needed, and one without which the code ends is required',
    { 'README.md': block(['start', '<your-api-key>']), 'index.js': 'if (process.argv.length !== 4) process.exit(1);' },
    ['fixed start', '<your-api-key> SECRET required'],
  ],
  [
    'an address with a password is a secret',
    { 'README.md': block(['postgresql://user:password@localhost/db']), 'index.js': 'process.argv[2]' },
    ['<url> SECRET usual'],
  ],
  [
    'a flag that launches leave to be filled in speaks for its variable',
    {
      'README.md': block(['-a', '<your_app_id>']),
      'index.js': "program.option('-a, --app-id <id>', 'The app');\nprocess.env.APP_ID",
    },
    ['--app-id TEXT', 'APP_ID TEXT LAZY'],
  ],
  [
    'an address that stands beside its key in every launch is needed like the key',
    {
      'README.md':
        block([], { X_HOST: 'your-host', X_TOKEN: 'your-token' }) +
        block([], { X_FILE: '/a' }) +
        block([], { X_FILE: '/b' }),
      'index.js': 'process.env.X_HOST; process.env.X_TOKEN; process.env.X_FILE',
    },
    ['X_HOST TEXT LAZY', 'X_TOKEN SECRET LAZY', 'X_FILE TEXT OPTIONAL'],
  ],
  [
    'launches in a folder are often those of another program of the package',
    { 'README.md': block(['mcp']), 'docs/other/README.md': block(['recall']), 'index.js': 'process.argv[2]' },
    ['fixed mcp'],
  ],
])('%s', (_kind, files, expected) => {
  expect(formOf(files).toSorted()).toEqual(expected.toSorted());
});
