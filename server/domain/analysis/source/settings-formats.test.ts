import { expect, test } from 'vitest';
import { UserError } from '../../errors.ts';
import { parseSource } from './parse-source.ts';

/** Texts made up after the shapes that clients, catalogs and manifests have. */
const launchesOf = (text: string) => {
  const source = parseSource(text, { localPathsAllowed: false });
  return source.kind === 'snippet' ? source.launches : [];
};
const refusalOf = (text: string): UserError => {
  try {
    launchesOf(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It was read.');
};

test('reads a server of a container catalog, its variables and its volumes', () => {
  const catalog = `
version: 3
name: docker-mcp
registry:
  weather:
    title: Weather
    type: server
    image: mcp/weather@sha256:${'a'.repeat(64)}
    secrets:
      - name: weather.key
        env: WEATHER_KEY
        example: abc
    env:
      - name: WEATHER_UNIT
        value: '{{weather.unit}}'
      - name: LOG
        value: quiet
    command: [--station, '{{weather.station|or:[]}}']
    volumes:
      - '{{weather.folder|volume|into}}'
      - 'weather-data:/data'
  hosted:
    type: remote
    remote:
      transport_type: streamable-http
      url: https://hosted.example/mcp
      headers: { X-Key: '\${HOSTED_KEY}' }
  empty:
    title: Nothing to start
`;
  const [weather, hosted, empty] = launchesOf(catalog);
  expect(weather).toMatchObject({
    name: 'weather',
    command: 'docker',
    env: { WEATHER_KEY: null, WEATHER_UNIT: '{{weather.unit}}', LOG: 'quiet' },
  });
  expect(weather?.args.join(' ')).toBe(
    `run -i --rm -e WEATHER_UNIT -e LOG -e WEATHER_KEY -v $FOLDER:/folder -v weather-data:/data mcp/weather@sha256:${'a'.repeat(64)} --station {{weather.station}}`,
  );
  expect(hosted).toMatchObject({ url: 'https://hosted.example/mcp', headers: { 'X-Key': '${HOSTED_KEY}' } });
  expect(empty).toEqual({ name: 'empty', command: null, args: [], env: {}, url: null });
});

test('reads the server.yaml that a container catalog is made from', () => {
  const entry = `
name: notes
image: mcp/notes
type: server
about:
  title: Notes
run:
  command: [stdio]
  volumes: ['{{notes.path}}:/notes']
  env:
    NOTES_ADDRESS: '{{notes.address}}'
    NOTES_MODE: safe
config:
  secrets:
    - name: notes.token
      env: NOTES_TOKEN
  env:
    - name: NOTES_ADDRESS
      value: '{{notes.address}}'
`;
  const [launch] = launchesOf(entry);
  expect(launch).toMatchObject({
    name: 'notes',
    env: { NOTES_ADDRESS: '{{notes.address}}', NOTES_TOKEN: null, NOTES_MODE: 'safe' },
  });
  expect(launch?.args.slice(-4)).toEqual(['-v', '$FOLDER:/notes', 'mcp/notes', 'stdio']);
  expect(refusalOf('name: pack\ntype: poci\nabout:\n  title: Tools\n').message).toContain('neither an image nor');
});

test.each([
  [
    'Continue',
    'name: x\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: one\n    command: npx\n    args: [-y, a-mcp]\n',
  ],
  ['Goose', 'extensions:\n  one:\n    type: stdio\n    cmd: npx\n    args: [-y, a-mcp]\n    env_keys: [A_KEY]\n'],
  ['a map of servers', '# mine\nmcp_servers:\n  one:\n    command: npx\n    args: ["-y", "a-mcp"]\n'],
])('reads the YAML of %s', (_name, text) => {
  expect(launchesOf(text)).toMatchObject([{ name: 'one', command: 'npx', args: ['-y', 'a-mcp'] }]);
});

test('reads the address and the variables of an extension of Goose', () => {
  const text =
    'extensions:\n  one:\n    type: streamable_http\n    uri: https://one.example/mcp\n    headers: { X-Key: k }\n  two:\n    cmd: uvx\n    args: [b-mcp]\n    envs: { B: "1" }\n    env_keys: [B_KEY]\n  built-in:\n    type: builtin\n';
  expect(launchesOf(text)).toMatchObject([
    { url: 'https://one.example/mcp', headers: { 'X-Key': 'k' } },
    { command: 'uvx', env: { B: '1', B_KEY: null } },
    { name: 'built-in', command: null, url: null },
  ]);
});

test.each([
  ['Codex behind other settings', 'model = "m"\n\n[mcp_servers.one]\ncommand = "npx"\nargs = ["-y", "a-mcp"]\n'],
  ['Codex, inline tables', '[mcp_servers]\none = { command = "npx", args = ["-y", "a-mcp"] }\n'],
  ['Zed', '{"context_servers": {"one": {"source": "custom", "command": "npx", "args": ["-y", "a-mcp"], "env": {}}}}'],
  ['Zed of before', '{"context_servers": {"one": {"command": {"path": "npx", "args": ["-y", "a-mcp"]}}}}'],
  [
    'settings of VS Code',
    '{"editor.tabSize": 2, "mcp": {"servers": {"one": {"command": "npx", "args": ["-y", "a-mcp"]}}}}',
  ],
  [
    'a dev container',
    '{"customizations": {"vscode": {"mcp": {"servers": {"one": {"command": "npx", "args": ["-y", "a-mcp"]}}}}}}',
  ],
  ['a list of servers', '{"mcpServers": [{"name": "one", "command": "npx", "args": ["-y", "a-mcp"]}]}'],
])('reads %s', (_name, text) => {
  expect(launchesOf(text)).toMatchObject([{ name: 'one', command: 'npx', args: ['-y', 'a-mcp'] }]);
});

test('asks for the settings of an extension for Gemini CLI', () => {
  const text = JSON.stringify({
    name: 'one',
    version: '1.0.0',
    mcpServers: { one: { command: 'npx', args: ['-y', 'a-mcp'], env: { A: '1' } } },
    settings: [{ name: 'Key', description: 'The key.', envVar: 'A_KEY', sensitive: true }],
  });
  expect(launchesOf(text)).toMatchObject([{ name: 'one', env: { A: '1', A_KEY: null } }]);
});

test.each([
  [
    'JSON',
    '{"mcpServers": {"one": {"command": "npx", "args": ["-y", "a-mcp"]}, "two": {"command": 7}, "three": true}}',
  ],
  [
    'an extension of Zed',
    '{"context_servers": {"one": {"url": "https://x.example/mcp"}, "two": {"source": "extension"}, "three": {}}}',
  ],
  [
    'TOML',
    '[mcp_servers.one]\ncommand = "npx"\nargs = ["a-mcp"]\n[mcp_servers.two]\nenabled = true\n[mcp_servers.three]\n',
  ],
])('keeps entries that start nothing beside the others: %s', (_name, text) => {
  const [one, ...others] = launchesOf(text);
  expect(one?.command ?? one?.url).toBeTruthy();
  expect(others).toMatchObject([
    { name: 'two', command: null, url: null },
    { name: 'three', command: null, url: null },
  ]);
});

test.each([
  ['dxt_version', '0.1'],
  ['manifest_version', '0.2'],
  ['manifest_version', '0.3'],
  ['manifest_version', '0.4'],
])('refuses the manifest of a bundle without its files: %s %s', (key, version) => {
  const server = { type: 'node', entry_point: 'a.js', mcp_config: { command: 'node', args: ['${__dirname}/a.js'] } };
  const error = refusalOf(JSON.stringify({ [key]: version, name: 'b', version: '1.0.0', server }));
  expect(error.message).toContain('manifest.json of a bundle');
  expect(error.hint).toContain('.mcpb');
});

test.each([
  [
    'fastmcp.json',
    '{"source": {"path": "server.py", "entrypoint": "mcp"}, "environment": {"dependencies": ["x"]}}',
    'starts server.py',
  ],
  [
    'server.json',
    '{"name": "io.github.o/r", "packages": [{"registryType": "npm", "identifier": "a-mcp"}]}',
    'server.json',
  ],
  [
    'server.json with an address',
    '{"name": "io.github.o/r", "remotes": [{"type": "sse", "url": "https://x.example"}]}',
    'server.json',
  ],
  ['package.json', '{"name": "a-mcp", "version": "1.0.0", "bin": {"a-mcp": "a.js"}}', 'package.json'],
  ['gemini-extension.json', '{"name": "a", "version": "1.0.0", "contextFileName": "A.md"}', 'Gemini CLI'],
  ['smithery.yaml', 'startCommand:\n  type: stdio\n  configSchema: {}\n', 'smithery.yaml'],
  ['smithery.yaml of TypeScript', 'runtime: typescript\nbuild: {}\n', 'smithery.yaml'],
  ['compose.yaml', 'services:\n  a:\n    image: ghcr.io/o/a\n', 'Docker Compose'],
  ['extensions that start nothing', 'extensions:\n  developer:\n    type: builtin\n', 'YAML does not contain'],
])('refuses %s with a sentence and a hint', (_name, text, sentence) => {
  const error = refusalOf(text);
  expect(error.code).toBe('INVALID_SOURCE');
  expect(error.message).toContain(sentence);
  expect(error.hint).toBeTruthy();
});

test('reads lines that hold nothing in one way', () => {
  const slow = [`# a${'\n'.repeat(25)}!`, `${'# \n'.repeat(25)}!`, `a${'\n'.repeat(30_000)}!`];
  for (const text of slow) {
    const startedAt = performance.now();
    expect(() => launchesOf(text)).toThrow(UserError);
    // an expression that tries every way takes seconds, and twice as long with each further line
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  }
});

test('reads YAML whose names and depth are those of settings', () => {
  expect(launchesOf('# a\n\n---  \n\n# b\nmcpServers:\n  a:\n    command: npx\n    args: [-y, a-mcp]\n')).toMatchObject(
    [{ name: 'a', command: 'npx', args: ['-y', 'a-mcp'] }],
  );
  for (const value of [`${'['.repeat(40)}${']'.repeat(40)}`, '{ [c]: d }', `'${'c'.repeat(20_000)}'`]) {
    expect(refusalOf(`mcpServers:\n  a:\n    command: npx\n    b: ${value}\n`).code).toBe('INVALID_SOURCE');
  }
});

test('copies what an anchor names a few times at most', () => {
  const catalog = (uses: number) =>
    `x: &a [b, c]\nregistry:\n${Array.from({ length: uses }, (_, at) => `  s${at}: {image: a/b, command: *a}\n`).join('')}`;
  expect(launchesOf(catalog(3)).map(({ args }) => args.slice(-2))).toEqual(Array(3).fill(['b', 'c']));
  expect(refusalOf(catalog(10)).code).toBe('INVALID_SOURCE');
});
