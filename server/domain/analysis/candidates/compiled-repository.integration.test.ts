import { afterEach, expect, test } from 'vitest';
import type { Builders } from '../context.ts';
import { COMMIT } from '../registries/stand-ins/web.ts';
import { openPipeline, type Pipeline } from './pipeline.testing.ts';

const GO = {
  'go.mod': 'module github.com/o/weather/v2\n\ngo 1.22\n\nrequire github.com/mark3labs/mcp-go v0.30.0\n',
  'cmd/weather-mcp/main.go':
    'package main\n\nimport (\n\t"os"\n\n\t"github.com/o/weather/v2/internal/api"\n)\n\nfunc main() { api.Run(os.Getenv("WEATHER_API_KEY")) }\n',
  'cmd/release/main.go': 'package main\n\nimport "os"\n\nfunc main() { _ = os.Getenv("RELEASE_TOKEN") }\n',
  'internal/api/api.go': 'package api\n\nfunc Run(key string) {}\n',
  'README.md': '# Weather\n\nAn MCP server. Set `WEATHER_API_KEY` to your key.\n',
};
const RUST = {
  'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n\n[workspace.dependencies]\nrmcp = "0.3"\n',
  'crates/tide/Cargo.toml':
    '[package]\nname = "tide"\nversion.workspace = true\ndescription = "An MCP server for tides"\n\n[dependencies]\nrmcp = { workspace = true }\n\n[[bin]]\nname = "tide-mcp"\npath = "src/server.rs"\n',
  'crates/tide/src/server.rs': 'fn main() { let _ = std::env::var("TIDE_TOKEN"); }\n',
  'crates/tide/src/bin/tide-setup.rs': 'fn main() {}\n',
  'crates/lib/Cargo.toml': '[package]\nname = "tide-lib"\nversion = "0.1.0"\n',
  'README.md': '# Tides\n\nAn MCP server in Rust.\n',
};

let pipeline: Pipeline;
afterEach(() => pipeline.close());
const open = async (builders: Builders): Promise<void> => {
  pipeline = await openPipeline({ builders });
};
const all: Builders = () => null;

test('a server in Go is built from the commit: the main package that reads as a server, with its form', async () => {
  await open(all);
  pipeline.web.repository('o/weather', GO);
  const { result } = await pipeline.analyze('o/weather');
  expect(result.candidates).toMatchObject([
    {
      runtime: 'git',
      deployable: true,
      verified: true,
      version: COMMIT,
      runCommand: `go run github.com/o/weather/cmd/weather-mcp@${COMMIT.slice(0, 12)}`,
      spec: { runtime: 'git', installer: 'go', commit: COMMIT, bin: 'cmd/weather-mcp' },
    },
  ]);
  expect(result.candidates[0]?.credentials.map(({ name }) => name)).toEqual(['WEATHER_API_KEY']);
});

test('a crate of a workspace is built in its folder, by its declared binary', async () => {
  await open(all);
  pipeline.web.repository('o/tides', RUST);
  const { result } = await pipeline.analyze('o/tides');
  expect(result.candidates).toMatchObject([
    {
      displayName: 'tide',
      description: 'An MCP server for tides',
      deployable: true,
      subfolder: 'crates/tide',
      spec: { runtime: 'git', installer: 'cargo', commit: COMMIT, subfolder: 'crates/tide', bin: 'tide-mcp' },
    },
  ]);
});

test('without a compiler the verdict says what to install, and nothing is deployable', async () => {
  await open((compiler) => `No ${compiler} here. Install it.`);
  pipeline.web.repository('o/weather', GO);
  expect((await pipeline.analyze('o/weather')).result.candidates).toMatchObject([
    {
      runtime: 'source',
      verdict: 'MCP_SERVER',
      deployable: false,
      notDeployableReason: 'No go here. Install it.',
      spec: null,
    },
  ]);
});

test('a module inside of another one is none of its commands, and a library has none', async () => {
  await open(all);
  pipeline.web.repository('o/weather', {
    ...GO,
    'cmd/weather-mcp/main.go': 'package weather\n',
    'cmd/release/main.go': 'package weather\n',
    'plugins/go.mod': 'module github.com/o/weather/plugins\n',
    'plugins/main.go': 'package main\n\nfunc main() {}\n',
  });
  expect((await pipeline.analyze('o/weather')).result.candidates).toMatchObject([
    { runtime: 'source', deployable: false, notDeployableReason: expect.stringContaining('nothing says how') },
  ]);
});
