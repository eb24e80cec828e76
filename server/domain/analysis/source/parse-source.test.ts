import { describe, expect, test } from 'vitest';
import { UserError } from '../../errors.ts';
import { parseSource } from './parse-source.ts';
import { storedSource } from './stored.ts';

const local = { localPathsAllowed: true };
const remote = { localPathsAllowed: false };
const normalized = (text: string) => parseSource(text, local).normalized;
const refusal = (text: string, options = local) => {
  try {
    parseSource(text, options);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
};

describe('one thing written in several ways has one normal form', () => {
  test.each([
    ['https://github.com/Owner/Repo'],
    ['https://github.com/owner/repo/'],
    ['https://github.com/owner/repo.git'],
    ['http://www.github.com/owner/repo?tab=readme#readme'],
    ['github.com/owner/repo'],
    ['git@github.com:owner/repo.git'],
    ['git+ssh://git@github.com/owner/repo.git'],
    ['git+https://github.com/owner/repo.git'],
    ['ssh://git@github.com/owner/repo'],
    ['github:owner/repo'],
    ['  owner/repo  '],
    ['<https://github.com/owner/repo>'],
    ['`owner/repo`'],
    ['gh:owner/repo'],
    ['https://github.com/owner/repo/issues/12'],
    ['https://raw.githubusercontent.com/owner/repo/main/README.md'],
    ['https://api.github.com/repos/owner/repo'],
  ])('%s', (text) => expect(normalized(text)).toBe('github:owner/repo'));

  test.each([
    ['firecrawl-mcp', 'npm:firecrawl-mcp'],
    ['firecrawl-mcp@latest', 'npm:firecrawl-mcp'],
    ['firecrawl-mcp@1.2.3', 'npm:firecrawl-mcp@1.2.3'],
    ['npm:firecrawl-mcp', 'npm:firecrawl-mcp'],
    ['@upstash/context7-mcp', 'npm:@upstash/context7-mcp'],
    ['https://www.npmjs.com/package/@upstash/context7-mcp', 'npm:@upstash/context7-mcp'],
    ['https://www.npmjs.com/package/firecrawl-mcp/v/1.2.3', 'npm:firecrawl-mcp@1.2.3'],
    ['pypi:MCP_Server.Git', 'pypi:mcp-server-git'],
    ['pypi:mcp-server-git==1.0', 'pypi:mcp-server-git==1.0'],
    ['pypi:mcp_server_git[Extra,more]', 'pypi:mcp-server-git[extra,more]'],
    ['pypi:mcp-server-git>=1.0', 'pypi:mcp-server-git>=1.0'],
    ["pip install 'mcp-server-git[extra]==1.0'", 'pypi:mcp-server-git[extra]==1.0'],
    ['https://pypi.org/project/mcp-server-git/', 'pypi:mcp-server-git'],
    ['owner/repo@v1.2', 'github:owner/repo#v1.2'],
    ['git+https://github.com/owner/repo@v1.2', 'github:owner/repo#v1.2'],
    ['https://github.com/owner/repo/releases/tag/v1.2', 'github:owner/repo#v1.2'],
    ['npm install -g firecrawl-mcp@1.2.3', 'npm:firecrawl-mcp@1.2.3'],
    ['pnpm add --global @upstash/context7-mcp', 'npm:@upstash/context7-mcp'],
    ['$ pip install mcp-server-git', 'pypi:mcp-server-git'],
    ['uv tool install mcp-server-git==1.0', 'pypi:mcp-server-git==1.0'],
    ['io.github.upstash/context7', 'registry:io.github.upstash/context7'],
    ['ghcr.io/acme/notes', 'image:ghcr.io/acme/notes:latest'],
    ['ghcr.io/acme/notes:1.2', 'image:ghcr.io/acme/notes:1.2'],
    ['https://ghcr.io/acme/notes', 'image:ghcr.io/acme/notes:latest'],
    ['localhost:5000/notes', 'image:localhost:5000/notes:latest'],
    ['oci:mcp/notes', 'image:docker.io/mcp/notes:latest'],
    ['docker:redis', 'image:docker.io/library/redis:latest'],
    ['https://hub.docker.com/r/mcp/notes', 'image:docker.io/mcp/notes:latest'],
    ['https://hub.docker.com/_/redis', 'image:docker.io/library/redis:latest'],
    [`acme/notes@sha256:${'a'.repeat(64)}`, `image:docker.io/acme/notes@sha256:${'a'.repeat(64)}`],
    ['/srv/my-server/', 'folder:/srv/my-server'],
    ['file:///srv/my-server', 'folder:/srv/my-server'],
    ['/srv/my-server-1.0.0.tgz', 'archive:/srv/my-server-1.0.0.tgz'],
  ])('%s is %s', (text, expected) => expect(normalized(text)).toBe(expected));
});

test('a tree address keeps ref and folder together, since a ref may hold slashes', () => {
  expect(parseSource('https://github.com/o/r/tree/main/src/x/', local)).toMatchObject({
    kind: 'github',
    owner: 'o',
    repo: 'r',
    treePath: 'main/src/x',
    normalized: 'github:o/r#main/src/x',
  });
  expect(parseSource('https://github.com/o/r/blob/main/src/README.md', local)).toMatchObject({ treePath: 'main/src' });
});

test('reads several servers from one mcpServers block, comments and trailing commas included', () => {
  const source = parseSource(
    `{ "mcpServers": { // mine
        "a": {"command": "npx", "args": ["-y", "a-mcp",], "env": {"A_KEY": "secret-value"}},
        "b": {"url": "https://b.example/mcp?key=secret-value"},
     } }`,
    remote,
  );
  expect(source).toMatchObject({ kind: 'snippet', launches: [{ name: 'a' }, { name: 'b', url: expect.any(String) }] });
});

test.each([
  ['"github": {"command": "npx", "args": ["-y", "x"]}'],
  ['{"command": "npx", "args": ["-y", "x"]}'],
  ['[mcp_servers.x]\ncommand = "npx"\nargs = ["-y", "x"]'],
  ['npx -y x --stdio'],
])('reads a fragment, an entry, TOML and a command line: %s', (text) => {
  expect(parseSource(text, remote)).toMatchObject({ kind: 'snippet', launches: [{ command: 'npx' }] });
});

test.each([
  ['$ npx -y x', 'npx', null],
  ['`npx -y x`', 'npx', null],
  ['A_KEY=k npx -y x', 'npx', null],
  ['claude mcp add mine --env A_KEY=k -- npx -y x', 'npx', 'mine'],
  ['codex mcp add mine -- uvx x', 'uvx', 'mine'],
  ['code --add-mcp \'{"name":"mine","command":"npx","args":["-y","x"]}\'', 'npx', 'mine'],
  ['claude mcp add-json mine \'{"command":"npx","args":["-y","x"]}\'', 'npx', 'mine'],
  [`vscode:mcp/install?${encodeURIComponent('{"name":"mine","command":"npx","args":["-y","x"]}')}`, 'npx', 'mine'],
  [
    `cursor://anysphere.cursor-deeplink/mcp/install?name=mine&config=${Buffer.from('{"command":"npx -y x"}').toString('base64')}`,
    'npx',
    'mine',
  ],
])('reads what READMEs offer to copy: %s', (text, command, name) => {
  expect(parseSource(text, remote)).toMatchObject({ kind: 'snippet', launches: [{ command, name }] });
});

test.each([
  ['https://glama.ai/mcp/servers/@o/x', 'page there'],
  ['docker:Not-An-Image', 'ghcr.io/owner/name'],
  ['oci:https://example.com/x', 'ghcr.io/owner/name'],
  ['https://github.com/orgs/o/repositories', 'owner/repo'],
  ['https://www.npmjs.com/~ann', 'package/name'],
  ['node dist/index.js', 'folder'],
  ['bitbucket.org/o/r', 'npm or PyPI'],
])('%s gets a hint of its own', (text, hint) => expect(refusal(text).hint).toContain(hint));

test('values of a pasted block are never kept', () => {
  const text = JSON.stringify({
    mcpServers: {
      a: {
        command: 'npx',
        args: ['-y', 'a-mcp', '--api-key', 'secret-value', '--token=secret-value', 'postgres://u:secret-value@h/db'],
        env: { A_KEY: 'secret-value' },
      },
      c: { command: 'docker', args: ['run', '-i', '-e', 'GITHUB_PAT=secret-value', 'ghcr.io/o/image'] },
      d: { command: 'npx', args: ['mcp-remote', 'https://d.example/sse?k=secret-value', '-H', 'X-Mine: secret-value'] },
      e: { command: 'npx', args: ['e-mcp', 'Authorization: Bearer secret-value', 'ghp_secret-value'] },
      b: { url: 'https://b.example/mcp?key=secret-value' },
    },
  });
  const kept = storedSource(parseSource(text, remote), text);
  expect(kept).not.toContain('secret-value');
  expect(parseSource(kept, remote)).toMatchObject({
    kind: 'snippet',
    launches: [{ env: { A_KEY: '' } }, {}, {}, {}, {}],
  });
});

test.each([
  ['npx -y a-mcp --dsn mysql://${DB_USER}:${DB_PASSWORD}@${DB_HOST}/app --key <token> serve'],
  ['A_KEY=sk-live-1 npx -y a-mcp --token sk-live-1 --region eu postgres://u:p@h/db'],
  ['docker run -i --rm -e A_KEY=sk-live-1 -e B ghcr.io/o/image --header "Authorization: Bearer ${TOKEN}"'],
  ['{"servers": {"a": {"command": "npx", "args": ["a-mcp", "${input:key}"]}}, "inputs": [{"id": "key"}]}'],
  ['{"mcpServers": {"a": {"command": "npx -y a-mcp --key sk-live-1", "env": {"A": "<a>", "B": "sk-live-1"}}}}'],
])('the text that is kept of %s means the same, without its secrets', (text) => {
  const source = parseSource(text, remote);
  const kept = storedSource(source, text);
  expect(kept).not.toContain('sk-live-1');
  expect(kept).not.toContain('u:p@');
  expect(parseSource(kept, remote).normalized).toBe(source.normalized);
  expect(storedSource(parseSource(kept, remote), kept)).toBe(kept);
});

test('two people who paste the same block with different keys share its normal form', () => {
  const block = (key: string) => `{"mcpServers": {"a": {"command": "npx", "args": ["a", "--key", "${key}"]}}}`;
  expect(normalized(block('sk-one'))).toBe(normalized(block('sk-two')));
  expect(normalized(block('sk-one'))).not.toBe(normalized(block('sk-one').replace('"a", "--key"', '"b", "--key"')));
});

test.each([
  ['apiKey=x npx -y a-mcp', { apiKey: 'x' }],
  ['export A_KEY="a b" && npx -y a-mcp', { A_KEY: 'a b' }],
  ['$env:A_KEY="x"; npx -y a-mcp', { A_KEY: 'x' }],
  ['export A=1\nexport B=2\nnpx -y a-mcp', { A: '1', B: '2' }],
  ['claude mcp add a -e A=1 B=2 --scope user -- npx -y a-mcp', { A: '1', B: '2' }],
  ['gemini mcp add a --env=A=1 npx -y a-mcp', { A: '1' }],
])('reads the variables of %j', (text, env) => {
  expect(parseSource(text, remote)).toMatchObject({ launches: [{ command: 'npx', args: ['-y', 'a-mcp'], env }] });
});

test.each([
  ['Context7', 'npm:Context7'],
  ['github mcp', 'search:github mcp'],
  ['Google  Drive', 'search:google drive'],
  ['the Notion MCP server', 'search:the notion mcp server'],
])('reads the name %j', (text, expected) => expect(normalized(text)).toBe(expected));

test.each([
  ['https://example.com/mcp', 'https://example.com/mcp'],
  ['https://mcp.example.com/v1/?key=secret', 'https://mcp.example.com/v1/'],
  ['remote:https://example.com/tools', 'https://example.com/tools'],
])('takes %s for the address of a server that runs elsewhere', (text, url) => {
  expect(parseSource(text, remote)).toEqual({ kind: 'remote', url, normalized: `remote:${url}` });
});

test('stores neither the user nor the query of a web address', () => {
  const text = 'https://ann:secret-value@github.com/o/r/tree/main?token=secret-value';
  const kept = storedSource(parseSource(text, remote), text);
  expect(kept).toBe('https://github.com/o/r/tree/main');
  expect(parseSource(kept, remote)).toEqual(parseSource(text, remote));
});

test.each([
  [''],
  ['   '],
  ['hello world'],
  ['foo; rm -rf /'],
  ['a;rm'],
  ['$(id)'],
  ['../relative'],
  ['{"mcpServers": {}}'],
  ['{ not json'],
  ['https://gitlab.com/a/b'],
  ['https://example.com/about'],
  ['remote:example'],
  ['https://github.com/owner'],
  ['https://github.com/owner/repo/tree/%E0%A4%A'],
  ['https://github.com/o/r/tree/main/..%2f..'],
  ['a/b/c'],
  ['pypi:bad name!'],
  ['node x.js\nrm -rf /'],
  ['x'.repeat(70_000)],
  [`{"mcpServers": ${'['.repeat(60_000)}`],
])('refuses %j with a hint', (text) => {
  const error = refusal(text);
  expect(error.code).toBe('INVALID_SOURCE');
  expect(error.hint).toBeTruthy();
});

test.each([['/srv/x'], ['./x'], ['~/x'], ['x.tgz'], ['file:/etc']])(
  'refuses %s unless local paths are allowed',
  (text) => {
    expect(refusal(text, remote).message).toContain('cannot be deployed here');
  },
);

const X_KEY = { 'X-Key': 'abc' };
test.each([
  ['{"servers": {"a": {"type": "http", "url": "https://a.example/mcp", "headers": {"X-Key": "abc"}}}}', X_KEY],
  ['{"mcpServers": {"a": {"httpUrl": "https://a.example/mcp", "headers": {"X-Key": "abc"}}}}', X_KEY],
  ['{"mcp": {"a": {"type": "remote", "url": "https://a.example/mcp", "headers": {"X-Key": "abc"}}}}', X_KEY],
  ['{"context_servers": {"a": {"url": "https://a.example/mcp", "headers": {"X-Key": "abc"}}}}', X_KEY],
  ['{"mcpServers": {"a": {"url": "https://a.example/mcp", "requestInit": {"headers": {"X-Key": "abc"}}}}}', X_KEY],
  ['[mcp_servers.a]\nurl = "https://a.example/mcp"\nhttp_headers = { "X-Key" = "abc" }', X_KEY],
  ['[mcp_servers.a]\nurl = "https://a.example/mcp"\nenv_http_headers = { "X-Key" = "A_KEY" }', { 'X-Key': null }],
  ['[mcp_servers.a]\nurl = "https://a.example/mcp"\nbearer_token_env_var = "A_TOKEN"', { Authorization: null }],
  ['claude mcp add --transport http a https://a.example/mcp --header "X-Key: abc"', X_KEY],
  ['claude mcp add -t http -H "X-Key: abc" a https://a.example/mcp', X_KEY],
  [`claude mcp add-json a '{"type": "http", "url": "https://a.example/mcp", "headers": {"X-Key": "abc"}}'`, X_KEY],
  [
    'vscode:mcp/install?%7B%22name%22%3A%22a%22%2C%22type%22%3A%22http%22%2C%22url%22%3A%22https%3A%2F%2Fa.example%2Fmcp%22%2C%22headers%22%3A%7B%22X-Key%22%3A%22abc%22%7D%7D',
    X_KEY,
  ],
  [
    `cursor://anysphere.cursor-deeplink/mcp/install?name=a&config=${btoa('{"url": "https://a.example/mcp", "headers": {"X-Key": "abc"}}')}`,
    X_KEY,
  ],
])('keeps the headers of an address in %j, and stores only their names', (text, headers) => {
  const source = parseSource(text, remote);
  expect(source).toMatchObject({ launches: [{ url: 'https://a.example/mcp', headers }] });
  const kept = storedSource(source, text);
  expect(kept).not.toContain('abc');
  expect(parseSource(kept, remote).normalized).toBe(source.normalized);
});

test('stores the name of a header among the words of a command, and not its value', () => {
  const text = 'npx -y mcp-remote https://a.example/mcp --header "X-Key: abc"';
  const kept = storedSource(parseSource(text, remote), text);
  expect(kept).toContain('X-Key');
  expect(kept).not.toContain('abc');
});
