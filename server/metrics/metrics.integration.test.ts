import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';

const TOKEN = 'what-only-Prometheus-knows';

let rig: TestApp;
let token: string;
let adaId: string;
beforeAll(async () => {
  rig = await openTestApp({ METRICS_TOKEN: TOKEN });
  ({ token, id: adaId } = await rig.addUser('ada'));
});
afterAll(() => rig.close());

const scrape = (bearer?: string) =>
  fetch(`${rig.origin}/metrics`, bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } });

it('shows nothing without the token, not even to an API token', async () => {
  for (const bearer of [undefined, 'guess', token]) {
    const answer = await scrape(bearer);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('catwalk_');
  }
});

it('tells of operations, deployments, events, sockets and calls', async () => {
  await rig.ask(token, '{ viewer { id } }');
  await rig.ask(token, '{ nonsense }');
  await addDeployment(rig.prisma, rig.owner.id);
  const mine = await addDeployment(rig.prisma, adaId);
  await rig.announce('deployment', rig.owner.id);
  const heard = rig.follow(token, 'subscription { deploymentsChanged { status } }');
  void heard.next();
  const unknown = `${rig.origin}/api/mcp/0b6f0a52-6f0c-4a2c-9d8e-6f5f0e3a9a11`;
  await fetch(unknown, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  // A deletion is a turn of work, which is counted when it is over.
  await rig.ask(token, `mutation { deleteDeployment(id: "${mine.id}") { __typename } }`);
  await vi.waitUntil(async () => /reconcile_duration_seconds_count\{/.test(await (await scrape(TOKEN)).text()), 30_000);
  const answer = await scrape(TOKEN);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toMatch(/catwalk_graphql_operation_duration_seconds_count\{type="query",failed="false"\} [1-9]/);
  expect(text).toMatch(/catwalk_deployments\{status="RUNNING"\} 1/);
  expect(text).toMatch(/catwalk_events_received_total\{topic="deployment"\} [1-9]/);
  expect(text).toMatch(/catwalk_events_published_total\{topic="deployments"\} [1-9]/);
  expect(text).toMatch(/catwalk_events_lag_seconds\{topic="echo"\} 0\.\d+/);
  expect(text).toContain('catwalk_events_reconnects_total 0');
  expect(text).not.toContain('process="');
  expect(text).toMatch(/catwalk_reconcile_duration_seconds_count\{failed="false"\} [1-9]/);
  expect(text).toContain('catwalk_events_listening 1');
  expect(text).toContain('catwalk_reconcile_queue{figure="length"}');
  expect(text).toContain('catwalk_graphql_sockets');
  expect(text).toContain('catwalk_endpoint_open 0');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

it('tells of calls of the Machines API, and health of what they showed', async () => {
  const { id: deploymentId, releaseId } = await addDeployment(rig.prisma, rig.owner.id, 'Watched');
  await rig.prisma.machine.create({
    data: {
      ...{ deploymentId, releaseId, app: 'catwalk-local', name: 'watched', configHash: 'x' },
      ...{ machineId: '00000000000000', region: 'local', state: 'started' },
    },
  });
  // The watch lists the machines of each app every two seconds.
  const listed = /catwalk_machines_api_calls_total\{action="list",outcome="ok"\} [1-9]/;
  await vi.waitUntil(async () => listed.test(await (await scrape(TOKEN)).text()), 30_000);
  const health = await fetch(`${rig.origin}/api/health`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(await health.json()).toMatchObject({
    parts: expect.arrayContaining([expect.objectContaining({ name: 'machines', state: 'up' })]),
  });
});

it('answers Prometheus, which scrapes each instance by its address', async () => {
  const ask = async (host: string) => {
    const headers = { host, authorization: `Bearer ${TOKEN}` };
    const sent = request({ host: '127.0.0.1', port: rig.app.port, path: '/metrics', headers }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // as documented
    answer.resume();
    return answer.statusCode;
  };
  expect(await ask(`10.0.0.7:${rig.app.port}`)).toBe(200);
  expect(await ask(`[fdaa::7]:${rig.app.port}`)).toBe(200);
  expect(await ask('attacker.example')).toBe(403);
});

it('is not there without a token of its own', async () => {
  const plain = await openTestApp();
  const answer = await fetch(`${plain.origin}/metrics`, { headers: { authorization: 'Bearer undefined' } });
  expect(answer.status).toBe(404);
  await plain.close();
});
