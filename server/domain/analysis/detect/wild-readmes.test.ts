import { describe, expect, test } from 'vitest';
import { readRepository } from '../repository/read-repository.ts';

/** Whole small repositories in the shapes that projects use, each made up; read as they would be from GitHub. */
const read = (files: Record<string, string>) =>
  readRepository({
    owner: 'acme',
    repo: 'weather-mcp',
    subfolder: null,
    files: {
      files: Object.entries(files).map(([path, text]) => ({ path, text })),
      paths: Object.keys(files),
      truncated: false,
    },
  });

const node = (more: object = {}) =>
  JSON.stringify({ name: 'weather-mcp', version: '1.0.0', bin: 'dist/index.js', keywords: ['mcp'], ...more });
const python = (more = '') =>
  `[project]\nname = "weather-mcp"\nversion = "1.0.0"\ndependencies = ["mcp>=1.2"]\n[project.scripts]\nweather-mcp = "weather:main"\n${more}`;

function formOf(files: Record<string, string>) {
  const { verdict, servers } = read(files);
  const [server] = servers;
  return {
    verdict,
    runs: server ? `${server.origin} ${server.name}` : null,
    fields: (server?.needs.credentials ?? []).map(({ name, kind, requirement, advanced, default: fallback, group }) =>
      [name, kind, requirement, advanced && 'advanced', fallback && `=${fallback}`, group && `one of ${group}`]
        .filter(Boolean)
        .join(' '),
    ),
    fixed: server?.needs.fixedArguments ?? [],
    arguments: (server?.needs.arguments ?? []).map(
      ({ flag, name, required }) => `${flag ?? `<${name}>`}${required ? ' required' : ''}`,
    ),
  };
}

describe('a repository whose README', () => {
  test('shows TOML for Codex', () => {
    const readme =
      '# Weather\n\n## Codex\n\nAdd to `~/.codex/config.toml`:\n\n```toml\n[mcp_servers.weather]\ncommand = "npx"\nargs = ["-y", "weather-mcp@latest", "--units", "metric"]\nstartup_timeout_sec = 20\n\n[mcp_servers.weather.env]\nWEATHER_API_KEY = "your-key"\n```\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme })).toEqual({
      verdict: 'MCP_SERVER',
      runs: 'npm weather-mcp',
      fields: ['WEATHER_API_KEY SECRET LAZY'],
      fixed: [],
      arguments: ['--units'],
    });
  });

  test('asks through the inputs of VS Code', () => {
    const readme =
      '# Weather\n\n```jsonc\n// .vscode/mcp.json\n{\n  "inputs": [\n    { "type": "promptString", "id": "weather_key", "description": "Weather API key", "password": true },\n    { "type": "promptString", "id": "region", "description": "Region", "default": "eu" },\n  ],\n  "servers": {\n    "weather": {\n      "type": "stdio",\n      "command": "npx",\n      "args": ["-y", "weather-mcp"],\n      "env": { "WEATHER_KEY": "${input:weather_key}", "WEATHER_REGION": "${input:region}" }, // both\n    },\n  },\n}\n```\n';
    const { servers } = read({ 'package.json': node(), 'README.md': readme });
    expect(servers[0]?.needs.credentials).toMatchObject([
      { name: 'WEATHER_KEY', kind: 'SECRET', requirement: 'LAZY', description: 'Weather API key' },
      { name: 'WEATHER_REGION', kind: 'TEXT', requirement: 'OPTIONAL', description: 'Region', default: 'eu' },
    ]);
  });

  test('starts a container with docker run -e', () => {
    const readme =
      '# Weather\n\n```json\n{"mcpServers": {"weather": {"command": "docker", "args": ["run", "-i", "--rm", "-e", "WEATHER_API_KEY", "-e", "WEATHER_UNITS=metric", "ghcr.io/acme/weather-mcp:latest"], "env": {"WEATHER_API_KEY": "..."}}}}\n```\n\nFor HTTP: `docker run -d -p 8080:8080 -e MCP_TRANSPORT=http ghcr.io/acme/weather-mcp`\n\nTracing with Jaeger:\n\n```bash\ndocker run -d --name jaeger -e COLLECTOR_OTLP_ENABLED=true jaegertracing/all-in-one\n```\n';
    const form = formOf({ 'package.json': node(), 'README.md': readme });
    expect(form.runs).toBe('npm weather-mcp');
    expect(form.fields.filter((field) => !field.includes('advanced'))).toEqual([
      'WEATHER_API_KEY SECRET LAZY',
      'WEATHER_UNITS TEXT OPTIONAL',
    ]);
  });

  test('runs uvx --from git+https', () => {
    const readme =
      '# Weather\n\n```json\n{"mcpServers": {"weather": {"command": "uvx", "args": ["--from", "git+https://github.com/acme/weather-mcp", "weather-mcp", "--transport", "stdio"], "env": {"WEATHER_TOKEN": "<token>"}}}}\n```\n';
    expect(formOf({ 'pyproject.toml': python(), 'README.md': readme })).toEqual({
      verdict: 'MCP_SERVER',
      runs: 'git-pypi weather-mcp',
      fields: ['WEATHER_TOKEN SECRET LAZY'],
      fixed: ['--transport', 'stdio'],
      arguments: [],
    });
  });

  test('wraps npx in cmd /c for Windows', () => {
    const readme =
      '# Weather\n\n### Windows\n\n```json\n{"mcpServers": {"weather": {"command": "cmd", "args": ["/c", "npx", "-y", "weather-mcp", "--stdio"], "env": {"WEATHER_API_KEY": "abc"}}}}\n```\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme })).toMatchObject({
      runs: 'npm weather-mcp',
      fields: ['WEATHER_API_KEY SECRET LAZY'],
      fixed: ['--stdio'],
    });
  });

  test('lists variables in a Markdown table with flags beside them', () => {
    const readme =
      '# Weather\n\n```bash\nnpx weather-mcp\n```\n\n## Configuration\n\n| Environment variable | CLI flag | Default | Description |\n| :--- | :---: | --- | --- |\n| `WEATHER_API_KEY` **required** | `--api-key` | | Your [key](https://weather.example/keys) |\n| `WEATHER_UNITS` / `--units` | | `metric` | One of `metric`, `imperial` |\n| `WEATHER_PORT` | `--port` | 3000 | Only used when transport is `http` |\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme })).toMatchObject({
      fields: [
        'WEATHER_API_KEY SECRET LAZY',
        'WEATHER_UNITS CHOICE OPTIONAL =metric',
        'WEATHER_PORT NUMBER OPTIONAL advanced =3000',
      ],
    });
  });

  test('lists them in an HTML table', () => {
    const readme =
      '# Weather\n\nRun `npx weather-mcp`.\n\n<table>\n<thead>\n<tr><th>Variable</th><th>Required</th><th>Description</th></tr>\n</thead>\n<tr>\n<td><code>WEATHER_API_KEY</code></td>\n<td>Yes</td>\n<td>The key of your account</td>\n</tr>\n<tr><td><code>WEATHER_LANG</code></td><td>No</td><td>Language of the answers</td></tr>\n</table>\n';
    const { servers } = read({ 'package.json': node(), 'README.md': readme });
    expect(servers[0]?.needs.credentials).toMatchObject([
      { name: 'WEATHER_API_KEY', requirement: 'LAZY', description: 'The key of your account', evidence: [{ line: 9 }] },
      { name: 'WEATHER_LANG', requirement: 'OPTIONAL', description: 'Language of the answers' },
    ]);
  });

  test('lists them as bullets, one of two required', () => {
    const readme =
      '# Weather\n\n```bash\nnpx -y weather-mcp\n```\n\n## Environment Variables\n\n**Required:**\n- `WEATHER_API_KEY` - your key (required unless `WEATHER_API_KEY_FILE` is set)\n- `WEATHER_API_KEY_FILE` - path of a file with the key\n\n**Optional:**\n- `WEATHER_CACHE_TTL`: seconds that answers are kept (default: 300)\n- `LOG_LEVEL`: debug, info or error\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme }).fields).toEqual([
      'WEATHER_API_KEY SECRET LAZY one of WEATHER_API_KEY|WEATHER_API_KEY_FILE',
      'WEATHER_API_KEY_FILE FILE LAZY one of WEATHER_API_KEY|WEATHER_API_KEY_FILE',
      'WEATHER_CACHE_TTL NUMBER OPTIONAL advanced =300',
      'LOG_LEVEL TEXT OPTIONAL advanced',
    ]);
  });

  test('hides each client in a collapsed block, the HTTP one too', () => {
    const block = (json: string) => `\`\`\`json\n${json}\n\`\`\``;
    const readme = `# Weather\n\n<details>\n<summary>Claude Desktop</summary>\n\n${block('{"mcpServers": {"weather": {"command": "npx", "args": ["-y", "weather-mcp"], "env": {"WEATHER_API_KEY": "k"}}}}')}\n\n</details>\n<details>\n<summary><b>Zed</b></summary>\n\n${block('{"context_servers": {"weather": {"source": "custom", "command": {"path": "npx", "args": ["-y", "weather-mcp"], "env": {"WEATHER_API_KEY": "k"}}}}}')}\n\n</details>\n<details>\n<summary>Streamable HTTP</summary>\n\n\`\`\`bash\nexport AUTH_SECRET=change-me\nnpx weather-mcp --transport http --port 8080\n\`\`\`\n\n</details>\n`;
    expect(formOf({ 'package.json': node(), 'README.md': readme })).toMatchObject({
      runs: 'npm weather-mcp',
      fields: ['WEATHER_API_KEY SECRET LAZY', 'AUTH_SECRET SECRET OPTIONAL advanced'],
      arguments: [],
    });
  });

  test('is written in Chinese', () => {
    const readme =
      '# 天气 MCP 服务器\n\n## 环境变量\n\n| 变量 | 必填 | 默认值 | 说明 |\n|---|---|---|---|\n| `WEATHER_API_KEY` | 是 | - | 天气接口密钥 |\n| `WEATHER_LANG` | 否 | zh | 语言 |\n\n```json\n{\n  "mcpServers": {\n    "weather": { "command": "npx", "args": ["-y", "weather-mcp"], "env": { "WEATHER_API_KEY": "你的密钥" } }\n  }\n}\n```\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme }).fields).toEqual([
      'WEATHER_API_KEY SECRET LAZY',
      'WEATHER_LANG TEXT OPTIONAL =zh',
    ]);
  });

  test('shows JSON with comments, an unclosed brace, and another server beside its own', () => {
    const readme =
      '# Weather\n\n```json\n"mcpServers": {\n  // the weather\n  "weather": {\n    "command": "npx",\n    "args": ["-y", "weather-mcp"],\n    "env": { "WEATHER_API_KEY": "k", /* optional */ "WEATHER_UNITS": "metric", },\n  },\n  "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/tmp"], "env": { "FILES_KEY": "k" } }\n```\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme }).fields).toEqual([
      'WEATHER_API_KEY SECRET LAZY',
      'WEATHER_UNITS TEXT OPTIONAL',
    ]);
  });

  test('adds it with the command lines of clients, over several lines', () => {
    const readme =
      '# Weather\n\n```bash\nclaude mcp add weather \\\n  --env WEATHER_API_KEY=YOUR_KEY \\\n  --scope user \\\n  -- npx -y weather-mcp --units metric\n\ncode --add-mcp \'{"name":"weather","command":"npx","args":["-y","weather-mcp"],"env":{"WEATHER_API_KEY":"k"}}\'\n\ngemini mcp add -e WEATHER_API_KEY=k weather npx -y weather-mcp\n```\n';
    expect(formOf({ 'package.json': node(), 'README.md': readme })).toMatchObject({
      fields: ['WEATHER_API_KEY SECRET LAZY'],
      arguments: ['--units'],
    });
  });
});
