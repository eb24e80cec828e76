import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '#deploy/host/test-rig.ts';
import { type BundleRig, openBundleRig } from './rig.ts';

let rig: BundleRig;
let bundle: { id: string; token: string };
beforeAll(async () => {
  rig = await openBundleRig();
  bundle = await rig.make(rig.members(), { slug: 'together' });
});
afterAll(() => rig?.close());

const ERAS = ['legacy', 'modern'] as const;
const open = async (era: (typeof ERAS)[number], capabilities: object = {}, made = bundle) => {
  const client = await rig.connect(made.id, made.token, era, capabilities);
  onTestFinished(() => client.close());
  return client;
};
const SHOWN = ['emit', 'größe', 'open_file', 'reached', 'read_file'];

test.each(ERAS)('one client has the tools, prompts and resources of three machines: %s', async (era) => {
  const client = await open(era);
  const names = (await client.listTools()).tools.map(({ name }) => name);
  const of = (prefix: string) =>
    names.filter((name) => name.startsWith(`${prefix}_`)).map((name) => name.slice(prefix.length + 1));
  expect(of('files').sort()).toEqual(SHOWN);
  expect(of('vault').sort()).toEqual(SHOWN);
  expect(of('ask')).toContain('test_simple_text');
  expect(of('files').length + of('vault').length + of('ask').length).toBe(names.length);
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['files_greet', 'vault_greet', 'ask_test_simple_prompt']),
  );
  const uris = (await client.listResources()).resources.map(({ uri }) => uri);
  expect(uris).toEqual(expect.arrayContaining(['docs://readme', 'vault+docs://readme', 'test://static-text']));
  expect(client.getInstructions()).toContain('# Files (names that begin with files_)\n\nUse open_file.');
});

test('a bundle is also found by its short name, and its metadata names the address by id', async () => {
  const client = await rig.connect('together', bundle.token);
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools.length).toBeGreaterThan(10);
  await rig.app.prisma.deployment.update({ where: { id: bundle.id }, data: { access: 'OAUTH' } });
  await rig.app.announce('access', bundle.id);
  const refused = await fetch(`${rig.app.origin}/api/mcp/together`, { method: 'POST' });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining(`/.well-known/oauth-protected-resource/api/mcp/${bundle.id}"`),
  ]);
  await rig.app.prisma.deployment.update({ where: { id: bundle.id }, data: { access: 'TOKEN' } });
  await rig.app.announce('access', bundle.id);
});

test.each(ERAS)('a call goes to its server, with the name and the arguments of the view: %s', async (era) => {
  const client = await open(era);
  for (const prefix of ['files', 'vault']) {
    const { content } = await client.callTool({ name: `${prefix}_open_file`, arguments: { path: prefix, mode: 'rw' } });
    expect(content).toEqual([{ type: 'text', text: `{"path":"${prefix}","mode":"ro"}` }]);
  }
  const { content } = await client.callTool({ name: 'ask_test_simple_text', arguments: {} });
  expect(content).toEqual([{ type: 'text', text: expect.any(String) }]);
  expect(await client.getPrompt({ name: 'ask_test_simple_prompt' })).toMatchObject({ messages: [{ role: 'user' }] });
});

test.each(ERAS)('a resource is read at its server, also where two have its URI: %s', async (era) => {
  const client = await open(era);
  // The modern server of the fixture leaves out what its results must say; the host adds it for a legacy client.
  const uris = ['docs://readme', 'test://static-text', ...(era === 'legacy' ? ['vault+docs://readme'] : [])];
  for (const uri of uris) expect((await client.readResource({ uri })).contents).toMatchObject([{ uri }]);
  await expect(client.readResource({ uri: 'nobody://has-this' })).rejects.toThrow(/not found/);
});

test('a server that is gone takes only its own tools away, and the client learns which', async () => {
  const made = await rig.make(rig.members());
  const { prisma } = rig.app;
  const stopped = rig.ids.vault;
  await prisma.deployment.update({ where: { id: stopped }, data: { status: 'STOPPED' } });
  await rig.app.announce('deployment', stopped);
  onTestFinished(async () => {
    await prisma.deployment.update({ where: { id: stopped }, data: { status: 'RUNNING' } });
    await rig.app.announce('deployment', stopped);
  });
  for (const era of ERAS) {
    const client = await open(era, {}, made);
    const { tools, _meta } = await client.listTools();
    const prefixes = new Set(tools.map(({ name }) => name.split('_')[0]));
    expect([...prefixes].sort()).toEqual(['ask', 'files']);
    expect(_meta).toMatchObject({ 'catwalk/unavailable': [{ prefix: 'vault', name: 'Vault', code: 'STOPPED' }] });
    expect(client.getInstructions()).toContain('Not available now (STOPPED)');
    await expect(client.callTool({ name: 'vault_reached', arguments: {} })).rejects.toThrow(/stopped/);
    expect(await client.callTool({ name: 'files_reached', arguments: {} })).toMatchObject({
      content: [{ type: 'text' }],
    });
  }
});

test('questions, progress and log messages of a server reach the client, and its answers reach the server', async () => {
  const client = await open('legacy', { sampling: {}, elicitation: {} });
  const seen: string[] = [];
  client.setRequestHandler('sampling/createMessage', async () => {
    seen.push('sampling');
    return { role: 'assistant', model: 'test', content: { type: 'text', text: 'sampled' } };
  });
  client.setRequestHandler('elicitation/create', async () => {
    seen.push('elicitation');
    return { action: 'accept', content: { username: 'ann', email: 'a@example.com' } };
  });
  client.setNotificationHandler('notifications/message', ({ params }) => {
    seen.push(`log ${params.logger}`);
  });
  const sampled = await client.callTool({ name: 'ask_test_sampling', arguments: { prompt: 'hello' } });
  expect(JSON.stringify(sampled.content)).toContain('sampled');
  const elicited = await client.callTool({ name: 'ask_test_elicitation', arguments: { message: 'who?' } });
  expect(JSON.stringify(elicited.content)).toContain('accept');
  await client.setLoggingLevel('debug');
  await client.callTool({ name: 'ask_test_tool_with_logging', arguments: {} });
  const progress: number[] = [];
  await client.callTool(
    { name: 'ask_test_tool_with_progress', arguments: {} },
    { onprogress: (one) => progress.push(one.progress) },
  );
  expect(progress.length).toBeGreaterThan(1);
  await eventually('the log messages', () => seen.some((one) => one.startsWith('log ask')));
  expect(seen).toEqual(expect.arrayContaining(['sampling', 'elicitation']));
});

test('a modern client is asked by way of a retry', async () => {
  const client = await open('modern', { elicitation: { form: {} } });
  let asked = 0;
  client.setRequestHandler('elicitation/create', async () => {
    asked += 1;
    return { action: 'accept', content: { name: 'Ann' } };
  });
  const { content } = await client.callTool({ name: 'ask_test_input_required_result_elicitation', arguments: {} });
  expect([asked, content]).toEqual([1, [{ type: 'text', text: 'Hello!' }]]);
});

test.each(ERAS)('a call that the client cancels is cancelled at its server: %s', async (era) => {
  const client = await open(era);
  const count = async () => {
    const { content } = await client.callTool({ name: 'ask_test_count_cancelled', arguments: {} });
    return Number((content as { text: string }[])[0]?.text); // the fixture
  };
  const before = await count();
  const leaving = new AbortController();
  const options = { signal: leaving.signal, onprogress: () => leaving.abort() };
  const call = client.callTool({ name: 'ask_test_wait_for_cancel', arguments: {} }, options);
  await expect(call).rejects.toThrow();
  await eventually('the cancellation', async () => (await count()) === before + 1);
});

test.each(ERAS)('a stream that listens receives changes of the lists of a server: %s', async (era) => {
  const client = await open(era);
  let changes = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  if (era === 'modern') await client.listen({ toolsListChanged: true });
  await eventually('the notification', async () => {
    await client.callTool({ name: 'ask_test_trigger_tool_change', arguments: {} });
    return changes > 0;
  });
});

test('changed servers count at once, and clients that listen learn of it', async () => {
  const made = await rig.make([{ deploymentId: rig.ids.asking, prefix: 'ask' }]);
  const client = await open('legacy', {}, made);
  let changes = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  expect((await client.listTools()).tools.some(({ name }) => name.startsWith('files_'))).toBe(false);
  await eventually('the stream', () => rig.hosts.asking.status().openStreams > 0);
  const members = [{ deploymentId: rig.ids.files, view: 'shown', prefix: 'files' }];
  expect(await rig.update({ id: made.id, members })).toMatchObject({
    members: [{ prefix: 'files', name: 'Files', view: 'shown', status: 'RUNNING' }],
  });
  await eventually('the notification', () => changes > 0);
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names.every((name) => name.startsWith('files_'))).toBe(true);
  await expect(client.callTool({ name: 'ask_test_simple_text', arguments: {} })).rejects.toThrow('Unknown tool');
});

test('a member that was removed, or whose view is deleted, is out of reach at once', async () => {
  await rig.saveView(rig.ids.files, 'passing');
  const made = await rig.make([
    { deploymentId: rig.ids.files, view: 'passing', prefix: 'files' },
    { deploymentId: rig.ids.asking, prefix: 'ask' },
  ]);
  const client = await open('legacy', {}, made);
  await client.callTool({ name: 'files_reached', arguments: {} });
  const view = await rig.app.prisma.view.findFirstOrThrow({ where: { name: 'passing' } });
  await rig.app.ask(rig.owner.token, 'mutation ($id: ID!) { deleteView(id: $id) { __typename } }', { id: view.id });
  await eventually('the end of the member', async () => {
    const { tools } = await client.listTools();
    return tools.every(({ name }) => name.startsWith('ask_'));
  });
  await expect(client.callTool({ name: 'files_reached', arguments: {} })).rejects.toThrow('Unknown tool');
});

test('only owners of all its servers make a bundle, and wrong members are refused with their place', async () => {
  expect(await rig.create(rig.members(), {}, rig.other.token)).toMatchObject({ __typename: 'NotFoundError' });
  const field = async (members: Parameters<typeof rig.create>[0]) => (await rig.create(members))['fields'];
  const { files, vault } = rig.ids;
  expect(await field([{ deploymentId: files, view: 'none' }])).toMatchObject([{ field: 'members.0.view' }]);
  expect(await field([{ deploymentId: files, prefix: 'a_b' }])).toMatchObject([{ field: 'members.0.prefix' }]);
  expect(await field([{ deploymentId: bundle.id }])).toMatchObject([{ field: 'members.0.deploymentId' }]);
  expect(
    await field([
      { deploymentId: files, prefix: 'same' },
      { deploymentId: vault, prefix: 'same' },
    ]),
  ).toMatchObject([{ field: 'members.1.prefix' }]);
  expect(await rig.update({ id: bundle.id, members: [] }, rig.other.token)).toMatchObject({
    __typename: 'NotFoundError',
  });
  expect(await rig.create(rig.members(), { slug: 'together' })).toMatchObject({ code: 'CONFLICT' });
});

test('a token of the bundle opens no member, a token of a member no bundle, and a revoked token nothing', async () => {
  const made = await rig.make(rig.members());
  await expect(rig.connect(rig.ids.files, made.token)).rejects.toThrow();
  const client = await open('legacy', {}, made);
  const { id } = await rig.app.prisma.accessToken.findFirstOrThrow({ where: { deploymentId: made.id } });
  await rig.app.ask(rig.owner.token, 'mutation ($id: ID!) { revokeAccessToken(id: $id) { __typename } }', { id });
  await eventually('the end of the token', async () => {
    try {
      await client.listTools();
      return false;
    } catch {
      return true;
    }
  });
});
