import { expect, test } from 'vitest';
import { readManifests } from './manifests.ts';

const read = (files: Record<string, string>) =>
  readManifests({
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    paths: Object.keys(files),
    truncated: false,
  });

test.each([
  ['scripts', '[project]\nname = "x"\ndependencies = ["mcp[cli]>=1"]\n[project.scripts]\nx-mcp = "x:main"'],
  [
    'entry points',
    '[project]\nname = "x"\ndependencies = ["fastmcp"]\n[project.entry-points.console_scripts]\nx-mcp = "x:main"',
  ],
  [
    'Poetry',
    '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nmcp = "^1"\n[tool.poetry.scripts]\nx-mcp = "x:main"',
  ],
])('the commands of a Python project: %s', (_, text) => {
  expect(read({ 'pyproject.toml': text })).toMatchObject([
    { language: 'python', name: 'x', bins: { 'x-mcp': 'x:main' }, speaksMcp: true },
  ]);
});

test('a package of npm: a bin without a name, a private one, one for other systems', () => {
  const text =
    '{"name":"@o/x-mcp","version":"1.0.0","bin":"cli.js","private":true,"os":["darwin"],"scripts":{"prepare":"tsc"}}';
  expect(read({ 'packages/x/package.json': text })).toMatchObject([
    {
      subfolder: 'packages/x',
      bins: { 'x-mcp': 'cli.js' },
      isPrivate: true,
      platforms: ['darwin'],
      buildsItself: true,
    },
  ]);
});

test('examples, templates and broken manifests are none', () => {
  expect(read({ 'examples/x/package.json': '{"name":"x"}', 'package.json': '{"name": {{name}}}' })).toEqual([]);
});
