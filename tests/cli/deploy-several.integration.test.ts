import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NpmStandIn, startNpmStandIn } from '#server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { greeterPackage } from './greeter.ts';
import { type CliRig, openCliRig } from './rig.ts';

let npm: NpmStandIn;
let rig: CliRig;
beforeAll(async () => {
  npm = await startNpmStandIn();
  for (const name of ['greeter-one', 'greeter-two', 'greeter-three']) {
    const { manifest, files } = greeterPackage(name);
    npm.publish(manifest, files);
  }
  rig = await openCliRig({ NPM_REGISTRY_URL: npm.url });
});
afterAll(async () => {
  await rig?.close();
  await npm?.close();
});

const launch = (name: string, env: Record<string, string>) => ({ command: 'npx', args: ['-y', name], env });
const BLOCK = JSON.stringify({
  mcpServers: {
    one: launch('greeter-one', { GREETER_NAME: 'Ada' }),
    two: launch('greeter-two', { GREETER_NAME: 'Grace' }),
    three: launch('greeter-three', {}),
  },
});

const deploy = (...more: string[]) => rig.run('deploy', BLOCK, '--accept-unverified', '--json', ...more);

test('--all deploys every server of a pasted block, each with its own values', async () => {
  const { code, stdout } = await deploy('--all', '--env', 'GREETER_NAME=Joan');
  expect(code).toBe(0);
  const { deployments } = JSON.parse(stdout);
  expect(deployments.map(({ name, status }: { name: string; status: string }) => [name, status])).toEqual([
    ['one', 'RUNNING'],
    ['two', 'RUNNING'],
    ['three', 'RUNNING'],
  ]);
  expect(new Set(deployments.map(({ accessToken }: { accessToken: string }) => accessToken)).size).toBe(3);
}, 120_000);

test('a server that is refused does not keep the others from running', async () => {
  const { code, stdout } = await deploy('--all');
  expect(code).toBe(1);
  const { deployments, error } = JSON.parse(stdout);
  expect(error.message).toBe('1 of 3 servers does not run.');
  expect(deployments).toEqual([
    expect.objectContaining({ name: 'one', status: 'RUNNING' }),
    expect.objectContaining({ name: 'two', status: 'RUNNING' }),
    expect.objectContaining({ name: 'three', error: expect.objectContaining({ code: 'INVALID_INPUT' }) }),
  ]);
}, 120_000);

test('--candidate can be repeated, and without a choice the block is wrong usage', async () => {
  const { code, stdout } = await deploy('--candidate', 'one', '--candidate', 'two');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).deployments).toHaveLength(2);
  expect(await deploy()).toMatchObject({ code: 2, stdout: expect.stringContaining('--all') });
  expect(await deploy('--all', '--name', 'both')).toMatchObject({ code: 2, stdout: expect.stringContaining('--name') });
}, 120_000);
