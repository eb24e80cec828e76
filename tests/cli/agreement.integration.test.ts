import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeGreeter } from './greeter.ts';
import { type CliRig, openCliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await openCliRig();
  await writeGreeter(join(rig.folder, 'greeter'));
});
afterAll(() => rig?.close());

const run: CliRig['run'] = (...words) => rig.run(...words);
const json: CliRig['json'] = (...words) => rig.json(...words);

test('makes a bundle, changes its servers and its short name, and prints its tools', async () => {
  await json('deploy', './greeter', '--env', 'GREETER_NAME=Ada', '--name', 'greeter');
  const made = await json('bundles', '--create', 'work', '--add', 'gh=greeter', '--slug', 'work');
  expect(made).toMatchObject({ accessToken: expect.any(String), deployment: { name: 'work', slug: 'work' } });
  await json('views', 'greeter', '--save', 'none', '--deny', '*');
  const both = await json('bundles', 'work', '--add', 'hidden=greeter/v/none');
  expect(both).toMatchObject({
    members: [
      { prefix: 'gh', view: null },
      { prefix: 'hidden', view: 'none' },
    ],
    bundleEffect: { tools: [{ name: 'gh_greet' }] },
  });
  const shown = (await run('bundles', 'work')).stdout;
  expect(shown).toMatch(/^work .*1 tools/);
  expect(shown).toContain('hidden_…  greeter (view none)');
  expect(await json('bundles', 'work', '--remove', 'gh', '--slug', '')).toMatchObject({
    slug: 'work',
    members: [{ prefix: 'hidden' }],
  });
  expect(await json('bundles')).toMatchObject([{ name: 'work' }]);
});

test.each([
  [['bundles', 'work', '--remove', 'gone'], 'no server with the prefix'],
  [['bundles', 'greeter'], 'is not a bundle'],
  [['bundles', '--add', 'greeter'], 'Name the bundle to change'],
  [['bundles', 'work', '--create', 'again'], '--create makes a new bundle'],
  [['changes', 'greeter', '--policy', 'refuse'], 'There is no policy'],
  [['approve', 'greeter', '--yes'], 'No change waits for approval'],
])('refuses %j as wrong usage', async (words, message) => {
  expect(await run(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

test('shows changed tools, holds them, and approves them only with --yes', async () => {
  expect((await run('changes', 'greeter')).stdout).toContain('The server offers what you agreed to.');
  expect(await json('changes', 'greeter', '--policy', 'hold')).toMatchObject({ definitions: { policy: 'HOLD' } });
  const file = join(rig.folder, 'greeter', 'index.mjs');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll("name: 'greet',", "name: 'wave',"));
  expect(await run('redeploy', 'greeter', '--yes')).toMatchObject({ code: 0 });
  const { stdout } = await run('changes', 'greeter');
  expect(stdout).toContain('+ tool wave');
  expect(stdout).toContain('- tool greet');
  expect(await run('approve', 'greeter')).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') });
  expect((await run('approve', 'greeter', '--yes')).stdout).toContain('Approved.');
  expect(await json('changes', 'greeter')).toMatchObject({ definitions: { changes: [] } });
});

test('reports packages of a folder as not compared with advisories', async () => {
  expect((await run('advisories', 'greeter')).stdout).toContain('not compared with known advisories');
  expect(await run('advisories', 'gone')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
});
