import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDeployment, openTestApp, recordStatus, type TestApp } from '#server/compose/app.testing.ts';

let rig: TestApp;
let ann: Awaited<ReturnType<TestApp['addUser']>>;
let deployment: { id: string; ownerId: string };

beforeAll(async () => {
  rig = await openTestApp();
  ann = await rig.addUser('ann');
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await rig.prisma.deployment.deleteMany();
  deployment = { id: (await addDeployment(rig.prisma, ann.id)).id, ownerId: ann.id };
});

const STATUS = `subscription ($id: ID!) {
  it: deploymentStatus(id: $id) { status message deployment { name status tools { name } } }
}`;
const CHANGED = 'subscription { it: deploymentsChanged { status message deployment { name } } }';

type Event = { it: { status: string; message: string; deployment: { name: string; status: string } | null } };
const eventOf = (result: IteratorResult<unknown>) => (result.value as { data: Event }).data?.it; // the test's own query

describe('deploymentStatus', () => {
  test('sends the current state at once, then every change in order', async () => {
    const stream = rig.follow(ann.token, STATUS, { id: deployment.id });
    expect(eventOf(await stream.next())).toEqual({
      status: 'RUNNING',
      message: 'Running, with 1 tool.',
      deployment: { name: 'Weather', status: 'RUNNING', tools: [{ name: 'forecast' }] },
    });
    const messages = Array.from({ length: 20 }, (_, index) => `Change ${index}.`);
    for (const message of messages) await recordStatus(rig, deployment, 'UNHEALTHY', message);
    const heard: string[] = [];
    while (heard.length < messages.length) heard.push(eventOf(await stream.next()).message);
    expect(heard).toEqual(messages);
    await stream.return?.();
  });

  test('begins with what happened while the subscriber was away', async () => {
    const before = rig.follow(ann.token, STATUS, { id: deployment.id });
    await before.next();
    await before.return?.();
    await rig.prisma.deployment.update({ where: { id: deployment.id }, data: { status: 'STOPPED' } });
    await recordStatus(rig, deployment, 'STOPPED', 'Stopped.');
    const after = rig.follow(ann.token, STATUS, { id: deployment.id });
    expect(eventOf(await after.next())).toMatchObject({
      status: 'STOPPED',
      message: 'Stopped.',
      deployment: { status: 'STOPPED' },
    });
    await after.return?.();
  });

  test('says DELETED when the row is gone, and ends', async () => {
    const stream = rig.follow(ann.token, STATUS, { id: deployment.id });
    await stream.next();
    await rig.prisma.deployment.delete({ where: { id: deployment.id } });
    await rig.announce('deployment', deployment.id);
    expect(eventOf(await stream.next())).toMatchObject({ status: 'DELETED', deployment: null });
    expect((await stream.next()).done).toBe(true);
  });

  test('ends at the next change after its token was revoked', async () => {
    const { token, id } = await rig.tokenFor(ann.id);
    const stream = rig.follow(token, STATUS, { id: deployment.id });
    await stream.next();
    await rig.prisma.apiToken.update({ where: { id }, data: { revokedAt: new Date() } });
    await recordStatus(rig, deployment, 'STOPPED', 'A revoked token does not receive this.');
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('deploymentsChanged', () => {
  test('sends later changes of all own deployments, and none of other owners', async () => {
    const bob = await rig.addUser('bob');
    const theirs = { id: (await addDeployment(rig.prisma, bob.id, 'Secret')).id, ownerId: bob.id };
    const second = { id: (await addDeployment(rig.prisma, ann.id, 'Maps')).id, ownerId: ann.id };
    const stream = rig.follow(ann.token, CHANGED);
    const first = stream.next();
    await expect.poll(() => changeUntilHeard(first)).toBe(true);
    await recordStatus(rig, theirs, 'STOPPED', 'Not for Ann.');
    await recordStatus(rig, second, 'STOPPED', 'Maps stopped.');
    await rig.prisma.deployment.delete({ where: { id: second.id } });
    await rig.announce('deployments', ann.id);
    const heard: string[] = [];
    while (!heard.includes('Deleted.')) heard.push(eventOf(await stream.next()).message);
    expect(heard.filter((message) => message !== 'Hello.').at(-1)).toBe('Deleted.');
    expect(heard).not.toContain('Not for Ann.');
    await stream.return?.();
  });

  /** The stream says nothing when it begins, so changes are made until the first is heard. */
  async function changeUntilHeard(first: Promise<unknown>): Promise<boolean> {
    await recordStatus(rig, deployment, 'RUNNING', 'Hello.');
    const pending = Symbol('pending');
    return (await Promise.race([first, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending;
  }
});

test('analysisProgress sends the current state, then each change, and ends with the analysis', async () => {
  const { id } = await rig.prisma.analysis.create({
    data: { ownerId: ann.id, source: 's', normalizedSource: 's', expiresAt: new Date() },
  });
  const query = 'subscription ($id: ID!) { it: analysisProgress(id: $id) { status analysis { status } } }';
  const stream = rig.follow(ann.token, query, { id });
  expect(eventOf(await stream.next())).toEqual({ status: 'RUNNING', analysis: { status: 'RUNNING' } });
  await rig.prisma.analysis.update({ where: { id }, data: { status: 'DONE' } });
  await rig.announce('analysis', id);
  expect(eventOf(await stream.next())).toEqual({ status: 'DONE', analysis: { status: 'DONE' } });
  expect((await stream.next()).done).toBe(true);
});

const addLines = async (...texts: string[]) => {
  const line = (text: string, cursor: string) => ({
    deploymentId: deployment.id,
    machineRowId: '00000000-0000-4000-8000-000000000000',
    cursor,
    at: new Date(),
    stream: 'STDERR' as const,
    text,
  });
  await rig.prisma.logEntry.createMany({ data: texts.map((text) => line(text, text)) });
};

test('logs are the last lines, in order', async () => {
  await addLines('a', 'b', 'c');
  const query = 'query ($id: ID!) { deployment(id: $id) { logs(tail: 2) { text } } }';
  const { data } = await rig.ask(ann.token, query, { id: deployment.id });
  expect(data).toEqual({ deployment: { logs: [{ text: 'b' }, { text: 'c' }] } });
});

test('deploymentLogs begins with the last lines, in order, and ends with the deployment', async () => {
  await addLines('a', 'b', 'c');
  const query = 'subscription ($id: ID!) { it: deploymentLogs(id: $id, tail: 2) { text stream } }';
  const stream = rig.follow(ann.token, query, { id: deployment.id });
  expect(eventOf(await stream.next())).toEqual({ text: 'b', stream: 'STDERR' });
  expect(eventOf(await stream.next())).toEqual({ text: 'c', stream: 'STDERR' });
  await rig.prisma.deployment.delete({ where: { id: deployment.id } });
  await rig.announce('deployment', deployment.id);
  expect((await stream.next()).done).toBe(true);
});

test('subscriptions deliver over server-sent events as over WebSocket', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`${rig.origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${ann.token}`,
    },
    body: JSON.stringify({ query: STATUS, variables: { id: deployment.id } }),
    signal: leaving.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('Running, with 1 tool.')) break;
  }
  expect(text).toContain('event: next');
  leaving.abort();
});
