import { expect, test } from 'vitest';
import { binsOf } from './node-bin.ts';

test.each([
  ['a text', { name: '@some/tool', bin: './cli.js' }, { tool: 'cli.js' }],
  ['a key with a scope', { name: '@some/tool', bin: { '@some/tool': 'cli.js' } }, { tool: 'cli.js' }],
  ['slashes of Windows', { name: 'tool', bin: { 'bin\\tool': 'dist\\cli.js' } }, { tool: 'dist/cli.js' }],
  ['a path that leads out', { name: 'tool', bin: { tool: '../../etc/cli.js' } }, { tool: 'etc/cli.js' }],
  ['empty entries', { name: 'tool', bin: { '': 'cli.js', tool: '', '..': 'x.js' } }, {}],
  ['nothing', { name: 'tool' }, {}],
])('reads the commands of a package as npm links them (%s)', (_, manifest, bins) => {
  expect(binsOf(manifest)).toEqual(bins);
});
