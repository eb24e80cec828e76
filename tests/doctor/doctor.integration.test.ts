import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '#server/domain/actor.ts';
import { createDoctor } from '#server/domain/doctor/doctor.ts';
import { type OAuthRig, openOAuthRig } from '../oauth/rig.ts';

type Step = { key: string; state: string; seen: string; hint: string | null };

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());

const DIAGNOSE =
  'query Diagnose($id: ID!) { steps: diagnose(deploymentId: $id) { key title state seen hint durationMs } }';

const diagnose = async (id: string, browser = rig.owner.browser): Promise<Step[]> => {
  const { data } = await browser.ask(DIAGNOSE, { id });
  return data?.['steps'] as Step[]; // the query above
};
const statesOf = (steps: readonly Step[]) => Object.fromEntries(steps.map(({ key, state }) => [key, state]));
const stepOf = (steps: readonly Step[], key: string) => steps.find((step) => step.key === key);

const ON_THIS_COMPUTER = { address: 'WARNING', reach: 'PASSED' };
const ANSWERS = { initialize: 'PASSED', tools: 'PASSED', modern: 'PASSED' };
const NO_OAUTH = { 'resource-metadata': 'SKIPPED', 'server-metadata': 'SKIPPED', registration: 'SKIPPED' };

test('an endpoint with OAuth is walked from the 401 to its tools', async () => {
  const steps = await diagnose(rig.deploymentId);
  expect(statesOf(steps)).toEqual({
    ...ON_THIS_COMPUTER,
    challenge: 'PASSED',
    'resource-metadata': 'PASSED',
    'server-metadata': 'PASSED',
    registration: 'PASSED',
    token: 'PASSED',
    ...ANSWERS,
  });
  expect(stepOf(steps, 'tools')?.seen).toMatch(/\d+ tools?: \w+/);
  expect(stepOf(steps, 'modern')?.seen).toMatch(/MCP 2026-07-28.*Clients of every MCP version can connect\./);
});

test('the same doctor registers one client, however often it looks', async () => {
  await diagnose(rig.deploymentId);
  await diagnose(rig.deploymentId);
  expect(await rig.prisma.oAuthClient.count({ where: { name: 'Catwalk connection check' } })).toBe(1);
});

test('tests an endpoint with tokens through a token of its own, and offers no OAuth', async () => {
  const states = statesOf(await diagnose(await rig.deploy('TOKEN')));
  expect(states).toEqual({ ...ON_THIS_COMPUTER, challenge: 'PASSED', ...NO_OAUTH, token: 'PASSED', ...ANSWERS });
});

test('a public one needs neither', async () => {
  const states = statesOf(await diagnose(await rig.deploy('PUBLIC')));
  expect(states).toEqual({ ...ON_THIS_COMPUTER, challenge: 'SKIPPED', ...NO_OAUTH, token: 'SKIPPED', ...ANSWERS });
});

test('reports a stopped server in the words of the endpoint', async () => {
  const id = await rig.deploy('TOKEN', 'Halted');
  await rig.prisma.deployment.update({ where: { id }, data: { status: 'STOPPED', desired: 'STOPPED' } });
  await rig.announce('deployment', id);
  const steps = await diagnose(id);
  expect(stepOf(steps, 'initialize')).toMatchObject({
    state: 'FAILED',
    seen: expect.stringContaining('“Halted” is stopped'),
    hint: expect.any(String),
  });
  expect(stepOf(steps, 'tools')).toMatchObject({ state: 'SKIPPED', seen: expect.stringContaining('Initializing') });
});

test('refuses to diagnose the deployment of another user', async () => {
  const other = await rig.signUp('eve');
  expect(await diagnose(rig.deploymentId, other.browser)).toEqual([]);
});

describe('with something in between', () => {
  let close = () => {};
  afterEach(() => close());

  /** A doctor who takes the address of a proxy for the public one. */
  async function behind(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<Step[]> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => {
      server.closeAllConnections();
      server.close();
    };
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return diagnoseAt(`http://127.0.0.1:${port}`);
  }

  const diagnoseAt = (publicUrl: string) => {
    const actor: Actor = { userId: rig.owner.id, role: 'MEMBER', scope: 'READ', via: 'system', ip: null };
    const doctor = createDoctor({
      prisma: rig.prisma,
      accessTokens: {
        createPlayground: async (_actor, id) => {
          const query = `mutation Token($id: ID!) { it: createPlaygroundToken(deploymentId: $id) {
            ... on PlaygroundToken { token } } }`;
          const { data } = await rig.owner.browser.ask(query, { id });
          const { token } = (data?.['it'] ?? {}) as { token?: string }; // the mutation above
          return { token: token ?? '', expiresAt: new Date() };
        },
      },
      publicUrl,
      version: '0',
      erasOf: () => [],
    });
    return doctor.diagnose(actor, rig.deploymentId);
  };

  /** Passes everything on, with the answer's headers changed. */
  const proxy = (change: (headers: Record<string, unknown>) => void) => (req: IncomingMessage, res: ServerResponse) => {
    const { method, url, headers } = req;
    const onward = request(`${rig.origin}${url}`, { method, headers }, (answer) => {
      change(answer.headers);
      res.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(res);
    });
    req.pipe(onward);
  };

  test('a lost WWW-Authenticate is found, and calls with a token are tried all the same', async () => {
    const steps = await behind(proxy((headers) => delete headers['www-authenticate']));
    expect(statesOf(steps)).toEqual({
      ...ON_THIS_COMPUTER,
      challenge: 'FAILED',
      ...NO_OAUTH,
      token: 'PASSED',
      ...ANSWERS,
    });
    expect(stepOf(steps, 'challenge')?.hint).toContain('proxy');
  });

  test('metadata that leads to another origin is not followed', async () => {
    const steps = await behind(proxy(() => {}));
    expect(stepOf(steps, 'resource-metadata')).toMatchObject({
      state: 'FAILED',
      seen: expect.stringContaining(rig.app.url),
      hint: expect.stringContaining('PUBLIC_URL'),
    });
  });

  test('the doctor stops when another server answers at the address', async () => {
    const steps = await behind((_req, res) => res.writeHead(404, { server: 'apache' }).end('<html>'));
    expect(stepOf(steps, 'reach')).toMatchObject({ state: 'FAILED', seen: expect.stringContaining('apache') });
  });

  test('no server at the address ends the walk', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo; // it listens on TCP
    closed.close();
    const nowhere = await diagnoseAt(`http://127.0.0.1:${port}`);
    expect(stepOf(nowhere, 'reach')).toMatchObject({ state: 'FAILED', seen: expect.stringContaining('ECONNREFUSED') });
    expect(nowhere.slice(2).every(({ state }) => state === 'SKIPPED')).toBe(true);
  });
});
