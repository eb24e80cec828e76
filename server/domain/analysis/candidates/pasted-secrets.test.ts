import { expect, test } from 'vitest';
import { pastedSecrets } from './pasted-secrets.ts';

test.each([
  ['a variable before a command', 'A_TOKEN=t-1 A_REGION=eu npx -y a-mcp --level deep', ['t-1']],
  ['the value of a secret flag', 'npx -y a-mcp --api-key sk-1 --region eu', ['sk-1']],
  ['a value behind an equals sign', 'npx -y a-mcp --token=t-1', ['t-1']],
  ['variables of a container', 'docker run -i -e A_KEY=k-1 -e A_MODE=fast org/a', ['k-1']],
  [
    'values of a block, with a header of a remote server',
    JSON.stringify({
      mcpServers: {
        a: { command: 'npx', args: ['-y', 'a-mcp'], env: { A_SECRET: 's-1', A_URL: 'https://a.example' } },
        b: { url: 'https://b.example/mcp?key=k-2', headers: { Authorization: 'Bearer longer-3' } },
      },
    }),
    ['longer-3', 's-1', 'k-2'],
  ],
  ['nothing in placeholders', 'A_TOKEN=<your token> npx -y a-mcp --api-key YOUR_API_KEY', []],
  ['nothing in a name', '@acme/token-server', []],
  ['nothing in an unreadable text', 'what is this?', []],
])('finds %s', (_what, text, secrets) => {
  expect(pastedSecrets(text, [])).toEqual(secrets);
});

test('takes a value for secret when its field is, whatever its name', () => {
  const field = { kind: 'SECRET' } as const;
  const base = { label: '', description: null, default: null, choices: [], evidence: [], advanced: false };
  const candidate = {
    launch: { index: 0, words: [], variables: {} },
    arguments: [],
    credentials: [
      {
        ...base,
        ...field,
        name: 'A_LOGIN',
        required: false,
        requirement: 'OPTIONAL' as const,
        pattern: null,
        group: null,
        helpUrl: null,
        confidence: 'HIGH' as const,
      },
    ],
  };
  expect(pastedSecrets('A_LOGIN=in A_MODE=x npx -y a-mcp', [candidate])).toEqual(['in']);
});
