import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
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
const save = (text: string) => writeFile(join(rig.folder, 'catwalk.yaml'), text);
const stepsOf = ({ steps }: { steps: { action: string; kind: string; name: string }[] }) =>
  steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`);

const FILE = `
version: 1
name: test
deployments:
  greeter:
    source: ./greeter
    access: oauth
    tags: [hello]
    extraArguments: [and, friends]
    credentials:
      GREETER_NAME: \${WHO}
    views:
      hello:
        tools:
          changes:
            greet: { name: hello }
bundles:
  all:
    slug: all
    members:
      - { deployment: greeter, view: hello, prefix: g }
`;

test('names the variables that are not set, and changes nothing', async () => {
  await save(FILE);
  expect(await run('apply', '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Set WHO in the environment'),
  });
  expect(await json('ls')).toEqual([]);
});

test('shows the plan, and asks for --yes where no terminal answers', async () => {
  rig.options.env['WHO'] = 'Ada';
  const plan = await json('apply', '--plan');
  expect(stepsOf(plan)).toEqual(['create deployment greeter', 'create view hello', 'create bundle all']);
  expect(plan).toMatchObject({ applied: false, missing: [] });
  expect(await run('apply')).toMatchObject({ code: 2, stdout: expect.stringContaining('+ create deployment greeter') });
  expect(await json('ls')).toEqual([]);
});

test('makes deployments, views and bundles, and plans nothing the second time, without variables', async () => {
  const { applied, done } = await json('apply', '--yes');
  expect(applied).toBe(true);
  expect(done.map(({ accessToken }: { accessToken?: string | null }) => typeof accessToken)).toContain('string');
  expect((await run('call', 'greeter', 'greet')).stdout.trim()).toBe('Hello Ada and friends');
  expect(await json('views', 'greeter')).toMatchObject([{ name: 'hello' }]);
  expect(await json('bundles', 'all')).toMatchObject({
    slug: 'all',
    members: [{ prefix: 'g', view: 'hello', name: 'greeter' }],
    bundleEffect: { tools: [{ name: 'g_hello' }] },
  });
  delete rig.options.env['WHO'];
  expect(await run('apply')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to change') });
});

test('exports without secrets what apply takes again', async () => {
  const { code, stdout } = await run('export', 'all');
  expect(code).toBe(0);
  expect(stdout).not.toContain('Ada');
  expect(parse(stdout)).toMatchObject({
    deployments: { greeter: { access: 'oauth', tags: ['hello'], credentials: { GREETER_NAME: '${GREETER_NAME}' } } },
    bundles: { all: { slug: 'all' } },
  });
  await writeFile(join(rig.folder, 'exported.yaml'), stdout);
  expect(await json('apply', '-f', 'exported.yaml')).toMatchObject({ steps: [], missing: [], notes: [] });
  expect(await json('export', '--all')).toEqual(parse(stdout));
  expect(await run('export')).toMatchObject({ code: 2 });
});

test('changes what differs: arguments by a release, a view, and the prefix of a member', async () => {
  await save(FILE.replace('friends]', 'others]').replace('name: hello', 'name: hi').replace('prefix: g', 'prefix: x'));
  const { steps } = await json('apply', '--yes');
  expect(stepsOf({ steps })).toEqual(['update deployment greeter', 'update view hello', 'update bundle all']);
  expect((await run('call', 'greeter', 'greet')).stdout.trim()).toBe('Hello Ada and others');
  expect(await json('bundles', 'all')).toMatchObject({ bundleEffect: { tools: [{ name: 'x_hi' }] } });
  expect(stepsOf(await json('apply'))).toEqual([]);
});

test('says what is wrong in a file, and where', async () => {
  await save(FILE.replace('access: oauth', 'access: all'));
  expect(await run('apply')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('line 7: deployments.greeter.access'),
  });
  expect(await run('apply', '-f', 'none.yaml')).toMatchObject({ code: 2 });
});

test('prunes what it made and the file no longer names, and nothing that was made by hand', async () => {
  await json('bundles', '--create', 'by-hand', '--add', 'greeter');
  await save(FILE.slice(0, FILE.indexOf('bundles:')).replace('friends]', 'others]').replace('name: hello', 'name: hi'));
  expect(await json('apply', '--yes')).toMatchObject({ steps: [], notes: [expect.stringContaining('--prune')] });
  expect(stepsOf(await json('apply', '--yes', '--prune'))).toEqual(['delete bundle all']);
  expect((await json('bundles')).map(({ name }: { name: string }) => name)).toEqual(['by-hand']);
  expect(stepsOf(await json('apply', '--prune'))).toEqual([]);
});
