import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '#deploy/host/test-rig.ts';
import { HIDING } from '#deploy/host/views/hiding.testing.ts';
import { initialize as sendInitialize } from '#server/mcp/initialize.testing.ts';
import { openViewsRig, type ViewsRig } from './rig.ts';

let rig: ViewsRig;
beforeAll(async () => {
  rig = await openViewsRig();
});
afterAll(() => rig?.close());

const SHOWN = ['emit', 'größe', 'open_file', 'reached', 'read_file'];
const initialize = (token: string, view?: string) => sendInitialize(rig.address(view), token);

test.each(['legacy', 'modern'] as const)('the official client sees a view at its address: %s', async (era) => {
  expect(await rig.save('shown')).toMatchObject({ url: expect.stringMatching(`/api/mcp/${rig.id}/v/shown$`) });
  const token = await rig.makeToken();
  const whole = await rig.connect(token, undefined, era);
  const client = await rig.connect(token, 'shown', era);
  onTestFinished(async () => {
    await Promise.all([whole.close(), client.close()]);
  });
  expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(SHOWN);
  expect((await whole.listTools()).tools.length).toBeGreaterThan(SHOWN.length);
  expect(client.getInstructions()).toBe('Use open_file.');
  const { content } = await client.callTool({ name: 'open_file', arguments: { path: 'a', mode: 'rw' } });
  expect(content).toEqual([{ type: 'text', text: '{"path":"a","mode":"ro"}' }]);
  await expect(client.callTool({ name: 'delete_repo', arguments: {} })).rejects.toThrow('Unknown tool: delete_repo');
  await expect(client.readResource({ uri: 'secret://vault' })).rejects.toThrow(/not found/);
});

test('a changed view counts for sessions that are open, without a release and without a restart', async () => {
  await rig.save('changing');
  const client = await rig.connect(await rig.makeToken(), 'changing');
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('größe');
  const pids = rig.host.status().children.map(({ pid }) => pid);
  const tools = { ...HIDING.tools, deny: [...HIDING.tools.deny, 'gr*'] };
  expect(await rig.save('changing', { ...HIDING, tools })).toMatchObject({ revision: 2 });
  await eventually('the new rules', async () => !(await client.listTools()).tools.some(({ name }) => name === 'größe'));
  await expect(client.callTool({ name: 'größe', arguments: {} })).rejects.toThrow('Unknown tool: größe');
  expect(rig.host.status().children.map(({ pid }) => pid)).toEqual(pids);
});

test('a stream that only listens follows a narrower view at once', async () => {
  await rig.save('listening');
  let changes = 0;
  const client = await rig.connect(await rig.makeToken(), 'listening');
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  onTestFinished(() => client.close());
  await client.listTools();
  await eventually('the stream', () => rig.host.status().openStreams > 0);
  await rig.save('listening', { ...HIDING, tools: { ...HIDING.tools, allow: ['reached'] } });
  await eventually('the notification', () => changes > 0);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['reached']);
});

test('a token that is bound to a view sees it at the plain address, and no other view', async () => {
  await rig.save('bound', { tools: { allow: ['reached'] } });
  await rig.save('another', { tools: { allow: ['emit'] } });
  const token = await rig.makeToken('bound');
  for (const view of [undefined, 'bound']) {
    const client = await rig.connect(token, view);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['reached']);
    await client.close();
  }
  const refused = await initialize(token, 'another');
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: { data: { code: 'FORBIDDEN' } } });
  expect((await initialize(token, 'missing')).status).toBe(404);
});

test('a deleted view takes its address, its tokens and its sessions with it', async () => {
  const { id } = await rig.save('short', { tools: { allow: ['reached'] } });
  const bound = await rig.makeToken('short');
  const unbound = await rig.makeToken();
  const client = await rig.connect(unbound, 'short');
  onTestFinished(() => client.close());
  const remove = `mutation ($id: ID!) { deleteView(id: $id) { __typename ... on Deployment { views { name } } ... on UserError { code message } } }`;
  expect((await rig.app.ask(rig.other.token, remove, { id })).data).toMatchObject({
    deleteView: { __typename: 'NotFoundError' },
  });
  const deleted = (await rig.app.ask(rig.owner.token, remove, { id })).data?.['deleteView'] as {
    views: { name: string }[];
  };
  expect(deleted.views.map(({ name }) => name)).not.toContain('short');
  await eventually('the end of the right', async () => (await initialize(bound)).status === 401);
  expect((await initialize(unbound, 'short')).status).toBe(404);
  await expect(client.listTools()).rejects.toThrow();
  // another view of this name is another view
  await rig.save('short', { tools: { allow: ['emit'] } });
  expect((await initialize(bound)).status).toBe(401);
  await expect(client.listTools()).rejects.toThrow();
});

test('a renamed view has another address, and keeps what is bound to it', async () => {
  const { id } = await rig.save('before', { tools: { allow: ['reached'] } });
  await rig.save('taken');
  const bound = await rig.makeToken('before');
  const unbound = await rig.makeToken();
  const rename = `mutation ($input: RenameViewInput!) { renameView(input: $input) {
    __typename ... on View { id name url } ... on UserError { code message } ... on InvalidInputError { fields { field } }
  } }`;
  const to = async (name: string, token = rig.owner.token) =>
    (await rig.app.ask(token, rename, { input: { id, name } })).data?.['renameView'];
  expect(await to('after', rig.other.token)).toMatchObject({ __typename: 'NotFoundError' });
  for (const name of ['taken', 'Wrong Name']) {
    expect(await to(name)).toMatchObject({ __typename: 'InvalidInputError', fields: [{ field: 'name' }] });
  }
  expect(await to('after')).toMatchObject({ id, name: 'after', url: expect.stringMatching(/\/v\/after$/) });
  await eventually('the end of the former address', async () => (await initialize(unbound, 'before')).status === 404);
  for (const view of [undefined, 'after']) {
    const client = await rig.connect(bound, view);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['reached']);
    await client.close();
  }
  const renamed = await rig.app.prisma.auditEvent.findFirst({ where: { type: 'view.renamed' } });
  expect(renamed?.data).toMatchObject({ name: 'after', from: 'before' });
});

test('rules that are wrong are refused with each fault at its place', async () => {
  const twice = { tools: { changes: { a: { name: 'c' }, b: { name: 'c' } } } };
  expect(await rig.save('wrong', twice)).toMatchObject({
    __typename: 'InvalidInputError',
    fields: [{ field: 'rules.tools.changes.b.name' }],
  });
  expect(await rig.save('wrong', { tools: { deny: [''], changes: { a: { arguments: { x: {} } } } } })).toMatchObject({
    fields: [{ field: 'rules.tools.deny.0' }, { field: 'rules.tools.changes.a.arguments.x' }],
  });
  expect(await rig.save('Wrong Name')).toMatchObject({ fields: [{ field: 'name' }] });
  expect(await rig.save('theirs', HIDING, rig.other.token)).toMatchObject({ __typename: 'NotFoundError' });
});

test('each change is audited', async () => {
  await rig.save('audited');
  await rig.save('audited', {});
  const entries = await rig.app.prisma.auditEvent.findMany({ where: { deploymentId: rig.id }, orderBy: { id: 'asc' } });
  const kinds = entries.filter(({ data }) => (data as { name?: string }).name === 'audited').map(({ type }) => type);
  expect(kinds).toEqual(['view.created', 'view.updated']);
});
