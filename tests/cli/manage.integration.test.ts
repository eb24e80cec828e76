import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { writeGreeter } from './greeter.ts';
import { type CliRig, openCliRig } from './rig.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await openCliRig();
  rig.options.env['GREETER_NAME'] = 'Grace';
  await writeGreeter(join(rig.folder, 'greeter'));
});
afterAll(() => rig?.close());

const run: CliRig['run'] = (...words) => rig.run(...words);
const json: CliRig['json'] = (...words) => rig.json(...words);
const greeting = async () => (await run('call', 'greeter', 'greet')).stdout.trim();

test('deploys, calls a tool, and names the tools that there are', async () => {
  await json('deploy', './greeter', '--env', 'GREETER_NAME=Ada', '--name', 'greeter');
  expect(await greeting()).toBe('Hello Ada');
  expect(await json('call', 'greeter', 'greet', '--arg', 'times=2')).toMatchObject({
    content: [{ type: 'text', text: 'Hello Ada' }],
  });
  expect(await run('call', 'greeter', 'wave')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It has: greet'),
  });
  expect(await run('call', 'greeter', 'greet', '--input', '[1]')).toMatchObject({ code: 2 });
});

test('sets a credential by a new release, from the environment too, and lists what is set', async () => {
  expect(await run('credentials', 'set', 'greeter', 'GREETER_NAME')).toMatchObject({ code: 0 });
  expect(await greeting()).toBe('Hello Grace');
  const all = await json('credentials', 'ls', 'greeter');
  expect(all).toContainEqual({ name: 'GREETER_NAME', personal: false, set: true });
  expect(await run('credentials', 'rm', 'greeter', 'GREETER_NAME')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Greeter name is required'),
  });
  expect(await run('credentials', 'set', 'greeter', 'NOT_SET_HERE')).toMatchObject({ code: 2 });
  expect(await run('credentials', 'change', 'greeter', 'A=B')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Use ls, set or rm.'),
  });
});

test('deploys with a credential that is personal from the first start on', async () => {
  const deployed = await json(
    'deploy',
    './greeter',
    '--name',
    'own',
    '--personal',
    'GREETER_NAME',
    '--env',
    'GREETER_NAME=Ida',
  );
  expect(deployed).toMatchObject({ status: 'RUNNING', tools: [{ name: 'greet' }] });
  expect((await run('call', 'own', 'greet')).stdout.trim()).toBe('Hello Ida');
  // The first token carries the value of the person who deployed.
  const client = new Client({ name: 'test', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${deployed.accessToken}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(deployed.endpointUrl), { requestInit }));
  onTestFinished(() => client.close());
  expect((await client.callTool({ name: 'greet', arguments: {} })).content).toEqual([
    { type: 'text', text: 'Hello Ida' },
  ]);
  const withoutValue = await run('deploy', './greeter', '--name', 'none', '--personal', 'GREETER_NAME');
  expect(withoutValue).toMatchObject({ code: 1, stderr: expect.stringContaining('Enter your own value') });
});

test('makes a credential personal, and sets the own value of the caller', async () => {
  await json('configure', 'greeter', '--personal', 'GREETER_NAME');
  expect(await greeting()).toBe('Hello Grace');
  expect(await json('credentials', 'set', 'greeter', 'GREETER_NAME=Hedy', '--personal')).toEqual({
    set: ['GREETER_NAME'],
  });
  expect(await greeting()).toBe('Hello Hedy');
  expect(await json('credentials', 'ls', 'greeter', '--personal')).toEqual({ set: ['GREETER_NAME'] });
  const made = await run('token', 'create', 'greeter', 'robot');
  expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining('is required') });
  const robot = await json('token', 'create', 'greeter', 'robot', '--env', 'GREETER_NAME=Robot', '--days', '1');
  expect(robot).toMatchObject({ name: 'robot', token: expect.any(String), expiresAt: expect.any(String) });
  expect((await json('token', 'ls', 'greeter')).map(({ name }: { name: string }) => name)).toContain('robot');
  expect(await json('token', 'rm', 'greeter', 'robot')).toMatchObject({ name: 'robot' });
  expect(await run('token', 'rm', 'greeter', 'robot')).toMatchObject({ code: 1 });
  await json('configure', 'greeter', '--shared', 'GREETER_NAME', '--env', 'GREETER_NAME=Ada');
  expect(await greeting()).toBe('Hello Ada');
});

test('configures what the dashboard does: name, access, memory and arguments', async () => {
  expect(await json('configure', 'greeter', '--access', 'oauth')).toMatchObject({ access: 'OAUTH' });
  expect(await run('configure', 'greeter', '--memory', '512', '--', 'and', 'friends')).toMatchObject({ code: 0 });
  expect(await json('show', 'greeter')).toMatchObject({ memoryMb: 512, extraArguments: ['and', 'friends'] });
  expect(await greeting()).toBe('Hello Ada and friends');
  expect(await json('configure', 'greeter', '--name', 'friend')).toMatchObject({ name: 'friend' });
  await json('configure', 'friend', '--name', 'greeter');
  for (const words of [[], ['--access', 'all'], ['--env', 'A=B'], ['--isolation', 'none']])
    expect(await run('configure', 'greeter', ...words)).toMatchObject({ code: 2 });
});

test('saves a view with rules of a file in the folder of the caller, and makes a token for it', async () => {
  await writeFile(
    join(rig.folder, 'rules.json'),
    JSON.stringify({ tools: { changes: { greet: { title: 'Greeting' } } } }),
  );
  const saved = await json('views', 'greeter', '--save', 'hello', '--rules', 'rules.json', '--rename', 'greet=hello');
  expect(saved).toMatchObject({
    name: 'hello',
    url: expect.stringMatching(/\/v\/hello$/),
    rules: { tools: { changes: { greet: { name: 'hello', title: 'Greeting' } } } },
  });
  expect(await json('views', 'greeter', '--new-token', 'hello')).toEqual({ token: expect.any(String) });
  expect((await run('views', 'greeter', '--delete', 'hello')).stdout).toBe('Deleted view hello.\n');
  expect(await json('views', 'greeter')).toEqual([]);
  expect(await run('views', 'greeter', '--save', 'hello', '--rules', 'none.json')).toMatchObject({ code: 2 });
});

test('shares a deployment with a team, and takes it back', async () => {
  expect(await json('teams', 'Support', '--create')).toMatchObject([{ name: 'Support', viewerManages: true }]);
  expect(await json('share', 'greeter', '--team', 'Support', '--role', 'own')).toMatchObject([
    { role: 'OWN', team: { name: 'Support' } },
  ]);
  expect((await run('share', 'greeter')).stdout).toMatch(/Support +team +own/);
  expect(await json('teams', 'Support', '--rename', 'Helpers')).toMatchObject([{ name: 'Helpers' }]);
  expect((await run('share', 'greeter', '--team', 'Helpers', '--remove')).stdout).toContain('no longer shared');
  expect(await json('share', 'greeter')).toEqual([]);
  expect(await run('share', 'greeter', 'nobody@example.com')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No account here'),
  });
  expect(await run('share', 'greeter', 'ann', '--everyone')).toMatchObject({ code: 2 });
  expect(await run('share', 'greeter', 'ann', '--role', 'boss')).toMatchObject({ code: 2 });
  expect(await run('teams', 'Helpers', '--add', 'nobody')).toMatchObject({ code: 1 });
  expect((await run('teams', 'Helpers', '--delete')).stdout).toContain('Helpers is deleted.');
  expect(await json('teams')).toEqual([]);
});
