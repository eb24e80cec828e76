import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { writeGreeter } from './greeter.ts';
import { type CliRig, openCliRig } from './rig.ts';
import { startCatwalk } from './run-catwalk.ts';

let rig: CliRig;
beforeAll(async () => {
  rig = await openCliRig();
  await writeGreeter(join(rig.folder, 'greeter'));
});
afterAll(() => rig?.close());

const run: CliRig['run'] = (...words) => rig.run(...words);
const json: CliRig['json'] = (...words) => rig.json(...words);

async function greeting(url: string, token: string | null): Promise<unknown> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  onTestFinished(() => client.close());
  return (await client.callTool({ name: 'greet', arguments: {} })).content;
}

const deployGreeter = (...more: string[]) => ['deploy', './greeter', '--env', 'GREETER_NAME=Ada', ...more];

/** A server in a box sees a folder that a variable names, if its own user may. */
const makeGate = async (name: string): Promise<string> => {
  const gate = join(rig.folder, name);
  await mkdir(gate);
  return gate;
};

describe('deploy', () => {
  test('ends with an endpoint that answers, its token and its tools, and shows each phase with its time', async () => {
    const { code, stdout, stderr } = await run(...deployGreeter('--name', 'shown', '--', 'and', '--all'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const phase of ['Resolve', 'Installing', 'Handshake']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${phase} +[\\d.]+ (ms|s)\\b`, 'm'));
    }
    expect(stdout).toMatch(/^ +greet +Greets\.$/m);
    const url = /Endpoint +(\S+)/.exec(stdout)?.[1] ?? '';
    const token = /Token +(\S+)/.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`claude mcp add --transport http shown ${url} --header "Authorization: Bearer ${token}"`);
    expect(await greeting(url, token)).toEqual([{ type: 'text', text: 'Hello Ada and --all' }]);
  });

  test('with --json prints what programs were promised and nothing else', async () => {
    const deployed = await json(...deployGreeter('--name', 'for programs'));
    expect(deployed).toEqual({
      id: expect.any(String),
      databaseId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'RUNNING',
      endpointUrl: `${rig.url}/api/mcp/${deployed.databaseId}`,
      accessToken: expect.any(String),
      tools: [{ name: 'greet', description: 'Greets.' }],
    });
  });

  test('with --public needs no token and shows none', async () => {
    const { endpointUrl, accessToken } = await json(...deployGreeter('--public'));
    expect(accessToken).toBeNull();
    expect(await greeting(endpointUrl, null)).toEqual([{ type: 'text', text: 'Hello Ada' }]);
  });

  test('names the option that a missing variable is given with', async () => {
    expect(await run('deploy', './greeter')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--env GREETER_NAME='),
    });
  });

  test('reports a server that exits at once with the reason and its last lines', async () => {
    const { code, stdout, stderr } = await run(...deployGreeter('--env', 'GREETER_STRICT=1', '--json'));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'FAILED',
      tools: [],
      error: { code: 'MISSING_CREDENTIAL', stderrTail: expect.arrayContaining(['Error: GREETER_LICENSE is required']) },
    });
    expect(stderr).toContain('GREETER_LICENSE');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('reports an invalid source with a sentence and a hint', async () => {
    for (const source of ['no source', './nowhere']) {
      const { code, stderr } = await run('deploy', source);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^.+\.\s\([A-Z_]+\)\n.+/);
    }
  });

  test('ends the wait on an interrupt, prints the token and lets the deployment continue', async () => {
    const gate = await makeGate('gate-of-interrupted');
    const waiting = startCatwalk(deployGreeter('--name', 'interrupted', '--env', `GREETER_GATE=${gate}`), rig.options);
    await waiting.until(({ stdout }) => stdout.includes('Handshake'));
    waiting.process.kill('SIGINT');
    const { code, stdout, stderr } = await waiting.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('The deployment continues');
    const url = /Endpoint +(\S+)/.exec(stdout)?.[1] ?? '';
    const token = /Token +(\S+)/.exec(stdout)?.[1] ?? '';
    await writeFile(join(gate, 'open'), '');
    await eventually('the deployment runs', async () => (await json('show', 'interrupted')).status === 'RUNNING');
    expect(await greeting(url, token)).toEqual([{ type: 'text', text: 'Hello Ada' }]);
  });

  test('waits through a server that is killed and comes back', async () => {
    const gate = await makeGate('gate-of-killed');
    const waiting = startCatwalk(deployGreeter('--name', 'killed', '--env', `GREETER_GATE=${gate}`), rig.options);
    await waiting.until(({ stdout }) => stdout.includes('Handshake'));
    await rig.kill();
    await waiting.until(({ stdout }) => stdout.includes('Connection to the server lost'));
    await rig.restart();
    await writeFile(join(gate, 'open'), '');
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('killed is running') });
  }, 120_000); // the lease of the killed server must run out first
});

test('a deployment lives through every command', async () => {
  const { databaseId, endpointUrl } = await json(...deployGreeter('--name', 'alive'));
  expect(await json('ls')).toContainEqual(expect.objectContaining({ databaseId, name: 'alive', status: 'RUNNING' }));
  expect((await run('show', 'alive')).stdout).toContain(endpointUrl);
  expect((await run('logs', databaseId.slice(0, 8))).stdout).toContain('greeter is here');

  expect(await json('stop', 'alive')).toMatchObject({ databaseId, status: 'STOPPED' });
  expect(await json('start', 'alive')).toMatchObject({ status: 'RUNNING' });
  expect(await json('restart', 'alive')).toMatchObject({ status: 'RUNNING' });
  expect(await json('sleep', 'alive', '10', '--streams', 'hold')).toMatchObject({
    sleepAfterMinutes: 10,
    answersWhileAsleep: false,
  });
  expect((await run('sleep', 'alive', 'off', '--streams', 'park')).stdout).toContain('alive never sleeps.');
  expect(await run('sleep', 'alive', 'soon')).toMatchObject({ code: 2 });
  expect(await json('rollback', 'alive', '1')).toMatchObject({
    status: 'RUNNING',
    currentRelease: { number: 2, reason: 'rollback' },
  });

  const { clients } = await json('connect', 'alive', 'cursor', '--new-token');
  const { url, headers } = Object.values<{ url: string; headers: { Authorization: string } }>(
    JSON.parse(clients[0].snippet).mcpServers,
  )[0] ?? { url: '', headers: { Authorization: '' } };
  expect(await greeting(url, headers.Authorization.replace('Bearer ', ''))).toEqual([
    { type: 'text', text: 'Hello Ada' },
  ]);

  expect(await json('rm', 'alive')).toMatchObject({ databaseId, status: 'DELETED' });
  expect(await run('show', 'alive')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
});

test('logs --follow goes on until it is interrupted', async () => {
  await json(...deployGreeter('--name', 'followed'));
  const following = startCatwalk(['logs', 'followed', '--follow', '--json'], rig.options);
  await following.until(({ stdout }) => stdout.includes('greeter is here'));
  following.process.kill('SIGINT');
  const { stdout } = await following.ended;
  for (const line of stdout.trim().split('\n')) {
    expect(JSON.parse(line)).toMatchObject({ at: expect.any(String), stream: expect.any(String) });
  }
});

test('calls -f prints calls as they are recorded, until it is interrupted', async () => {
  await json(...deployGreeter('--name', 'called'));
  await json('call', 'called', 'greet');
  const following = startCatwalk(['calls', 'called', '-f', '--json'], rig.options);
  const lines = (text: string) => text.split('\n').filter(Boolean);
  await following.until(({ stdout }) => lines(stdout).length === 1);
  await json('call', 'called', 'greet');
  await following.until(({ stdout }) => lines(stdout).length === 2);
  following.process.kill('SIGINT');
  const { code, signal, stdout, stderr } = await following.ended;
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  const printed = lines(stdout).map((line) => JSON.parse(line));
  expect(printed).toMatchObject(Array(2).fill({ method: 'tools/call', name: 'greet', outcome: 'OK' }));
  expect(new Set(printed.map(({ id }) => id)).size).toBe(2);
});

describe('doctor', () => {
  test('shows each step, and ends with 1 and the step that fails when one does', async () => {
    const { databaseId: id } = await json(...deployGreeter('--name', 'patient'));
    const { steps } = await json('doctor', id);
    const states = Object.fromEntries(steps.map(({ key, state }: { key: string; state: string }) => [key, state]));
    expect(states).toMatchObject({ reach: 'PASSED', initialize: 'PASSED', tools: 'PASSED', modern: 'PASSED' });
    const healthy = await run('doctor', id);
    expect(healthy).toMatchObject({ code: 0, stderr: '' });
    expect(healthy.stdout).toMatch(/^✓ Listing the tools {2}\d+ ms\n {2}1 tool: greet\.$/m);

    const translated =
      'It answers, with MCP 2026-07-28. Catwalk translates: the server supports 2025-11-25 and older alone.';
    expect(healthy.stdout).toContain(`${translated} Clients of every MCP version can connect.`);
    const clients = 'every MCP version, 2026-07-28 by translation';
    expect((await run('show', id)).stdout).toMatch(new RegExp(`^ *Clients +${clients}$`, 'm'));
    expect((await run('connect', id, 'cursor')).stdout).toContain(`Clients can connect with ${clients}.`);
    expect(await json('connect', id, 'cursor')).toMatchObject({ eras: ['LEGACY'] });
    // an endpoint that is well leaves the client, whose limits are known
    expect(healthy.stdout).toMatch(/^- After a token was revoked or replaced, .+\n {2}Seen with .*AI SDK/m);
    expect((await run('connect', id, 'ai-sdk')).stdout).toMatch(/Limits of this client:\n- After a token/);

    await run('stop', id);
    const ill = await run('doctor', 'patient');
    expect(ill.code).toBe(1);
    expect(ill.stdout).not.toContain('Seen with');
    expect(ill.stdout).toMatch(/^✗ Initializing a session/m);
    expect(ill.stderr).toContain('is stopped');
    const { code, stdout } = await run('doctor', id, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ steps: expect.any(Array), error: { code: 'CONNECTION_FAILED' } });
  });
});
