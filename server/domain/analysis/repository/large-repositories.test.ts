import { expect, test } from 'vitest';
import type { SourceFile } from '../files/file-set.ts';
import { readRepository } from './read-repository.ts';

const HOSTED = '# Big\n\n```json\n{"mcpServers":{"big":{"url":"https://mcp.big.example/mcp"}}}\n```\n';
const SDK = { '@modelcontextprotocol/sdk': '1' };
const read = (files: SourceFile[]) =>
  readRepository({
    owner: 'big',
    repo: 'servers',
    subfolder: null,
    files: { files, paths: files.map(({ path }) => path), truncated: false },
  });

test('lists all of sixty servers, each with its own needs, although a remote server is advertised', () => {
  const folders = Array.from({ length: 60 }, (_, at) => at);
  const files = folders.flatMap((at): SourceFile[] => [
    {
      path: `src/s${at}-server/package.json`,
      text: JSON.stringify({ name: `@big/s${at}-mcp-server`, bin: { [`s${at}`]: 'dist/index.js' }, dependencies: SDK }),
    },
    { path: `src/s${at}-server/src/index.ts`, text: `if (!process.env.S${at}_TOKEN) process.exit(1);` },
  ]);
  const { verdict, servers } = read([{ path: 'README.md', text: HOSTED }, ...files]);
  expect(verdict).toBe('MCP_SERVER');
  const needs = servers.map(({ name, needs: { credentials } }) => [name, credentials.map((one) => one.name).join()]);
  expect(needs.toSorted()).toEqual(folders.map((at) => [`@big/s${at}-mcp-server`, `S${at}_TOKEN`]).toSorted());
});

test.each<[string, SourceFile[]]>([
  [
    'a package in a workspace',
    [
      { path: 'package.json', text: JSON.stringify({ name: 'big', private: true, workspaces: ['packages/*'] }) },
      { path: 'packages/web/package.json', text: JSON.stringify({ name: '@big/web', private: true }) },
      {
        path: 'packages/mcp-server/package.json',
        text: JSON.stringify({ name: '@big/mcp-server', bin: './dist/cli.js', dependencies: SDK }),
      },
    ],
  ],
  [
    'a Python project in a subfolder',
    [
      {
        path: 'integrations/mcp/pyproject.toml',
        text: '[project]\nname = "big-mcp"\nversion = "1.0.0"\ndependencies = ["mcp>=1"]\n[project.scripts]\nbig-mcp = "big_mcp:main"\n',
      },
    ],
  ],
  [
    'a package that server.json names beside its remote server',
    [
      {
        path: 'server.json',
        text: JSON.stringify({
          name: 'example.big/mcp',
          remotes: [{ type: 'streamable-http', url: 'https://mcp.big.example/mcp' }],
          packages: [{ registryType: 'npm', identifier: '@big/agent', version: '1.0.0', transport: { type: 'stdio' } }],
        }),
      },
      { path: 'packages/agent/package.json', text: JSON.stringify({ name: '@big/agent', bin: './dist/cli.js' }) },
    ],
  ],
])('%s outweighs the remote server that the README advertises', (_what, files) => {
  const { verdict, servers } = read([{ path: 'README.md', text: HOSTED }, ...files]);
  expect({ verdict, origins: servers.map(({ origin }) => origin) }).not.toMatchObject({ verdict: 'REMOTE_ONLY' });
  expect(servers).toHaveLength(1);
});

test('of a hosted server the address that works as it is outweighs its pattern', () => {
  const block = (url: string) => `\`\`\`json\n${JSON.stringify({ mcpServers: { big: { url } } })}\n\`\`\`\n`;
  const addressOf = (...urls: string[]) =>
    read([{ path: 'README.md', text: `# Big\n\n${urls.map(block).join('\n')}` }]).servers[0]?.name;
  const pattern = 'https://mcp.big.example/{owner}/{repo}';
  expect(addressOf(pattern, 'https://mcp.big.example/docs')).toBe('https://mcp.big.example/docs');
  expect(addressOf(pattern, 'https://worker.other.example/mcp')).toBe(pattern);
});
