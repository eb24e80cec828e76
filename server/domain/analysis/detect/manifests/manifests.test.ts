import { expect, test } from 'vitest';
import { detectEnvExamples } from './env-example.ts';
import { detectFastmcpSettings } from './fastmcp-json.ts';
import { detectGeminiSettings } from './gemini-extension.ts';
import { readMcpbManifest } from './mcpb.ts';
import { readServerJson } from './server-json.ts';
import { readSmithery } from './smithery.ts';

test.each([
  [
    '2025-12-11',
    '{"registryType":"npm","identifier":"x","version":"1.0.0","environmentVariables":[{"name":"A_KEY","isRequired":true,"isSecret":true}]}',
  ],
  [
    '2025-07-09',
    '{"registry_type":"npm","identifier":"x","version":"1.0.0","environment_variables":[{"name":"A_KEY","is_required":true,"is_secret":true}]}',
  ],
  [
    '2025-05',
    '{"registry_name":"npm","name":"x","version":"1.0.0","environment_variables":[{"name":"A_KEY","is_required":true,"is_secret":true}]}',
  ],
])('server.json of %s', (_, entry) => {
  expect(readServerJson(`{"name":"io.x/y","packages":[${entry}]}`, 'server.json')?.packages).toMatchObject([
    {
      type: 'npm',
      identifier: 'x',
      version: '1.0.0',
      env: [{ name: 'A_KEY', requirement: 'LAZY', secret: true, evidence: { kind: 'SERVER_JSON', line: 1 } }],
    },
  ]);
});

test('takes no template for a version, and treats a flag filed as positional as fixed', () => {
  const text =
    '{"packages":[{"registryType":"npm","identifier":"x","version":"{{VERSION}}","packageArguments":[{"type":"positional","value":"--stdio"},{"type":"named","name":"--dir","isRequired":true}]}]}';
  expect(readServerJson(text, 'server.json')?.packages).toMatchObject([
    { version: null, fixed: ['--stdio'], arguments: [{ flag: '--dir', required: true }] },
  ]);
});

test('a variable of a container is one of the server, with the facts of its placeholder', () => {
  const text =
    '{"packages":[{"registryType":"oci","identifier":"ghcr.io/o/x","runtimeArguments":[{"type":"named","name":"-e","value":"A_TOKEN={token}","variables":{"token":{"isSecret":true,"isRequired":false}}}]}]}';
  expect(readServerJson(text, 'server.json')?.packages[0]?.env).toMatchObject([
    { name: 'A_TOKEN', secret: true, requirement: 'OPTIONAL' },
  ]);
});

test('a value with variables takes its facts from them, and its template reaches no server', () => {
  const [found] =
    readServerJson(
      JSON.stringify({
        packages: [
          {
            registryType: 'npm',
            identifier: 'x',
            packageArguments: [
              {
                type: 'positional',
                value: '{my_org}',
                variables: { my_org: { description: 'Your organization', default: 'contoso', isRequired: true } },
              },
              {
                type: 'named',
                name: '--mode',
                value: '{mode}',
                variables: { mode: { isRequired: true, choices: ['a', 'b'] } },
              },
              {
                type: 'named',
                name: '--mount',
                value: 'src={from},dst={to}',
                variables: { from: { description: 'A folder', isRequired: true }, to: { default: '/data' } },
              },
            ],
            environmentVariables: [
              {
                name: 'A_AUTH',
                value: 'Bearer {token}',
                variables: { token: { description: 'A token', isSecret: true, isRequired: true } },
              },
              { name: 'A_PLAIN', value: 'on' },
            ],
          },
        ],
      }),
      'server.json',
    )?.packages ?? [];
  expect(found?.fixed).toEqual([]);
  expect(found?.arguments).toMatchObject([
    { name: 'my_org', description: 'Your organization', default: 'contoso', required: false },
    { flag: '--mode', required: true, choices: ['a', 'b'] },
    { flag: '--mount', required: true, description: 'from: A folder' },
  ]);
  expect(found?.env).toMatchObject([
    { name: 'A_AUTH', secret: true, requirement: 'LAZY', description: 'A token', example: 'Bearer {token}' },
    { name: 'A_PLAIN', requirement: 'OPTIONAL' },
  ]);
});

test('an MCP bundle joins variables to the user’s settings', () => {
  const text =
    '{"server":{"mcp_config":{"env":{"A_KEY":"${user_config.key}","B_MODE":"fixed"}}},"user_config":{"key":{"type":"string","title":"Key","required":true,"sensitive":true}},"tools":[{"name":"t"}]}';
  expect(readMcpbManifest(text, 'manifest.json')).toMatchObject({
    env: [{ name: 'A_KEY', requirement: 'LAZY', secret: true }, { name: 'B_MODE' }],
    tools: [{ name: 't' }],
  });
});

test('the arguments of an MCP bundle that its user fills', () => {
  const text = JSON.stringify({
    server: {
      mcp_config: { args: ['${__dirname}/index.js', '--key', '${user_config.api_key}', '${user_config.folders}'] },
    },
    user_config: {
      api_key: { type: 'string', required: true },
      folders: {
        type: 'directory',
        multiple: true,
        required: true,
        default: ['${HOME}/Desktop'],
        description: 'Where',
      },
    },
  });
  expect(readMcpbManifest(text, 'manifest.json')?.arguments).toMatchObject([
    { flag: '--key', required: true, repeated: false },
    { flag: null, name: 'folders', description: 'Where', required: false, repeated: true },
  ]);
});

test('the function of smithery.yaml gives arguments as well as variables', () => {
  const text = `startCommand:
  type: stdio
  configSchema:
    required: [url, dir]
    properties:
      url: { type: string, description: Address }
      strip: { type: boolean, default: false }
  commandFunction: |-
    (config) => {
      const args = ['index.js', '--url', config.url, \`--level=\${config.level}\`, config.dir];
      if (config.debug) args.push('--debug');
      return { command: 'node', args, env: { A_STRIP: config.strip ? "1" : "0" } };
    }
`;
  expect(readSmithery(text, 'smithery.yaml')).toMatchObject({
    env: [{ name: 'A_STRIP', kind: 'BOOLEAN', requirement: 'OPTIONAL' }],
    arguments: [
      { flag: '--url', required: true, description: 'Address' },
      { flag: '--level', required: false },
      { flag: null, name: 'dir', required: true },
      { flag: '--debug', kind: 'BOOLEAN', required: false },
    ],
  });
});

test('smithery’s function is read, never run', () => {
  const text = `startCommand:
  type: stdio
  configSchema:
    required: [key]
    properties:
      key: { type: string, description: The key }
      debug: { type: boolean }
  commandFunction: |-
    (config) => { throw new Error('run!'); return { env: { A_KEY: config.key, A_DEBUG: String(config.debug) } } }
`;
  expect(readSmithery(text, 'smithery.yaml').env).toMatchObject([
    { name: 'A_KEY', requirement: 'LAZY', description: 'The key' },
    { name: 'A_DEBUG', kind: 'BOOLEAN', requirement: 'OPTIONAL' },
  ]);
  const nothing = { env: [], arguments: [] };
  expect(readSmithery('startCommand:\n  type: http\n', 'smithery.yaml')).toEqual(nothing);
  expect(readSmithery(': {{', 'smithery.yaml')).toEqual(nothing);
  expect(readSmithery(`${text}\n#${'x'.repeat(24_000)}`, 'smithery.yaml'), 'too long to parse').toEqual(nothing);
});

test('an .env example is a weak witness, and its test settings none', () => {
  const text = '# The key (required)\nA_KEY=your_key\n\n# Used for testing only\nTEST_ID=1\n\n# B_MODE=fast\n';
  expect(detectEnvExamples({ files: [{ path: '.env.example', text }], paths: [], truncated: false })).toMatchObject([
    { name: 'A_KEY', requirement: 'LAZY', evidence: { line: 2 } },
    { name: 'TEST_ID', scope: 'other' },
    { name: 'B_MODE', requirement: 'OPTIONAL' },
  ]);
});

test('an extension for Gemini names the variables that it asks for', () => {
  const text = JSON.stringify({
    name: 'a',
    mcpServers: { a: { command: 'npx', args: ['-y', 'a-mcp'] } },
    settings: [
      { name: 'API key', description: 'Key of your account.', envVar: 'A_LOGIN', sensitive: true },
      { name: 'Region', envVar: 'A_REGION' },
      { name: 'No variable' },
      'no setting',
    ],
  });
  const files = [{ path: 'gemini-extension.json', text }];
  expect(detectGeminiSettings({ files, paths: [], truncated: false })).toMatchObject([
    { name: 'A_LOGIN', description: 'Key of your account.', secret: true, evidence: { file: 'gemini-extension.json' } },
    { name: 'A_REGION' },
  ]);
  const broken = [{ path: 'gemini-extension.json', text: '{"settings": {"envVar": "A"}}' }];
  expect(detectGeminiSettings({ files: broken, paths: [], truncated: false })).toEqual([]);
});

test('a fastmcp.json names the variables of its deployment, with values that are no references', () => {
  const text = JSON.stringify({
    $schema: 'https://gofastmcp.com/public/schemas/fastmcp.json/v1.json',
    source: { path: 'server.py', entrypoint: 'mcp' },
    environment: { type: 'uv', python: '>=3.11', dependencies: ['pandas'] },
    deployment: { transport: 'stdio', env: { A_KEY: '${A_LOGIN}', A_REGION: 'eu', A_LIMIT: 5, 'not a name': 'x' } },
  });
  const found = detectFastmcpSettings({ files: [{ path: 'fastmcp.json', text }], paths: [], truncated: false });
  expect(found).toMatchObject([
    { name: 'A_KEY', evidence: { file: 'fastmcp.json' } },
    { name: 'A_REGION', default: 'eu' },
    { name: 'A_LIMIT', default: '5' },
  ]);
  expect(found[0]).not.toHaveProperty('default');
  const broken = [{ path: 'fastmcp.json', text: '{"deployment": {"env": ["A"]}}' }];
  expect(detectFastmcpSettings({ files: broken, paths: [], truncated: false })).toEqual([]);
});

test('an MCP bundle may write text around the setting of a variable', () => {
  const reading = readMcpbManifest(
    JSON.stringify({
      server: { mcp_config: { env: { A_HEADER: 'Bearer ${user_config.token}' } } },
      user_config: {
        token: { type: 'string', description: 'Your token.', sensitive: true, required: true, default: 'x' },
      },
    }),
    'manifest.json',
  );
  expect(reading?.env).toMatchObject([{ name: 'A_HEADER', description: 'Your token.', secret: true }]);
  expect(reading?.env[0]).not.toHaveProperty('default');
});
