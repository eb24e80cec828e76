import { expect, test } from 'vitest';
import { pythonFilesLoadedBy } from './module-graph.ts';

const set = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => ({ path, text }));

test('follows absolute and relative imports, and leaves out files that are never loaded', () => {
  const files = set({
    'src/weather/__init__.py': '',
    'src/weather/server.py':
      'from .config import (\n    load,\n)\nfrom weather.tools import forecast\nimport weather.log as log\nfrom mcp import x',
    'src/weather/config.py': 'from . import names',
    'src/weather/names.py': '',
    'src/weather/log.py': '',
    'src/weather/tools/__init__.py': '',
    'src/weather/tools/forecast.py': 'from ..names import A',
    'src/weather/evaluate.py': '',
    'scripts/run.py': '',
  });
  expect([...(pythonFilesLoadedBy(files, 'weather.server:main') ?? [])].sort()).toEqual([
    'src/weather/__init__.py',
    'src/weather/config.py',
    'src/weather/log.py',
    'src/weather/names.py',
    'src/weather/server.py',
    'src/weather/tools/__init__.py',
    'src/weather/tools/forecast.py',
  ]);
});

test('knows nothing where the module was not read, or where code finds modules by itself', () => {
  expect(pythonFilesLoadedBy(set({ 'a.py': '' }), 'b:main')).toBeNull();
  expect(pythonFilesLoadedBy(set({ 'a.py': 'import_module(name)' }), 'a:main')).toBeNull();
});
