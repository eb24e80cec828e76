import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '#deploy/host/test-rig.ts';
import { FIELD, openPersonalRig, type PersonalRig, removeKey, setKey } from './rig.ts';

/** The measure; the short form runs in seconds. */
const CALLS = Number(process.env['CATWALK_PERSONAL_CALLS'] ?? 90);

let rig: PersonalRig;
beforeAll(async () => {
  rig = await openPersonalRig();
  await setKey(rig.owner.browser, rig.deploymentId, 'key-of-owner');
});
afterAll(() => rig?.close());

type Era = 'legacy' | 'modern';
const open = async (token: string, { era = 'legacy' as Era, at = rig.endpoint(), capabilities = {} } = {}) => {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client({ name: 'test', version: '1' }, { capabilities, versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(at), { requestInit }));
  return client;
};
const call = async (client: Client, name = 'whoami'): Promise<string> => {
  const { content } = await client.callTool({ name, arguments: {} });
  const [first] = content as { text: string }[];
  return first?.text ?? '';
};
const person = async (name: string) => {
  const someone = await rig.signUp(name);
  const key = `key-of-${name}`;
  await setKey(someone.browser, rig.deploymentId, key);
  return { ...someone, key, token: await rig.connect(someone.browser) };
};

test('interleaved calls of three people arrive with their own keys, through crashes, restarts and a rotation', async () => {
  const people = [await person('ann'), await person('ben'), await person('cat')];
  const places = (['first', 'second'] as const).flatMap((instance) =>
    (['legacy', 'modern'] as const).map((era) => ({ era, at: rig.endpoint(instance) })),
  );
  const seats = people.flatMap(({ key, token }) => places.map((place) => ({ key, token, place })));
  const clients = new Map<(typeof seats)[number], Client>();
  const clientOf = async (seat: (typeof seats)[number]) => {
    const known = clients.get(seat) ?? (await open(seat.token, seat.place));
    clients.set(seat, known);
    return known;
  };
  onTestFinished(async () => {
    for (const client of clients.values()) await client.close();
  });
  let crossed = 0;
  let right = 0;
  const one = async (seat: (typeof seats)[number], name: string) => {
    try {
      const answer = await call(await clientOf(seat), name);
      if (answer === `account of ${seat.key}`) right += 1;
      else crossed += 1;
    } catch {
      clients.delete(seat); // its child was ended under it, or its host restarted: it connects again
    }
  };
  // A caller whose server crashes five times in ten minutes is refused: the long form crashes no more than that.
  const every = Math.max(3, Math.ceil(CALLS / seats.length / 9));
  for (let done = 0; done < CALLS; done += seats.length) {
    const round = Math.floor(done / seats.length);
    const late = seats.map((seat, index) =>
      one(seat, index === round % seats.length && round % every === 1 ? 'crash' : 'whoami'),
    );
    if (round % every === 2 && (round === 2 || every > 3)) await rig.restartHost();
    await Promise.all(late);
    if (round === 3 || (every > 3 && round % every === 3)) {
      const [ann] = people;
      await setKey(ann?.browser ?? rig.owner.browser, rig.deploymentId, 'key-of-ann');
    }
  }
  expect(crossed).toBe(0);
  expect(right).toBeGreaterThan(CALLS / 2);
  for (const key of rig.accounts.calls.keys()) expect(people.map((one) => one.key)).toContain(key);
});

test('a caller without a key is told where to enter one, and calls with it afterwards', async () => {
  const dan = await rig.signUp('dan');
  const token = await rig.connect(dan.browser);
  const page = `${rig.app.url}/account/keys/${rig.deploymentId}`;
  await expect(open(token)).rejects.toThrow(`This server needs your own ${FIELD}. Enter it at ${page} and try again.`);
  await expect(open(token, { capabilities: { elicitation: { url: {} } } })).rejects.toMatchObject({
    code: -32042,
    data: { elicitations: [{ mode: 'url', url: page }] },
  });
  expect(await setKey(dan.browser, rig.deploymentId, 'key-of-dan')).toMatchObject({ values: { set: [FIELD] } });
  const client = await open(token);
  onTestFinished(() => client.close());
  expect(await call(client)).toBe('account of key-of-dan');
});

test('a removed key ends the children and streams that use it, on every instance, and the next call asks again', async () => {
  const eli = await person('eli');
  const client = await open(eli.token, { at: rig.endpoint('second') });
  onTestFinished(() => client.close());
  await call(client);
  const children = () => rig.host().status().children.length;
  const before = children();
  expect(await removeKey(eli.browser, rig.deploymentId)).toMatchObject({ values: { set: [] } });
  await eventually('the end of the child', () => children() < before, 5_000);
  await expect(call(client)).rejects.toThrow(`needs your own ${FIELD}`);
  expect(await rig.prisma.personalValues.count({ where: { userId: eli.id } })).toBe(0);
});

test('ending a share ends the tokens, values and children of people who had it', async () => {
  const fay = await person('fay');
  const client = await open(fay.token);
  onTestFinished(() => client.close());
  await call(client);
  const share = await rig.prisma.share.findFirstOrThrow({ where: { deploymentId: rig.deploymentId } });
  const ended = await rig.owner.browser.ask(
    `mutation End($shareId: ID!) { it: unshareDeployment(shareId: $shareId) { __typename ... on UserError { message } } }`,
    { shareId: share.id },
  );
  expect(ended.data?.['it']).toEqual({ __typename: 'SharePayload' });
  onTestFinished(() =>
    rig.owner.browser
      .ask(
        `mutation Share($input: ShareDeploymentInput!) { it: shareDeployment(input: $input) { __typename ... on UserError { message } } }`,
        { input: { deploymentId: rig.deploymentId, everyone: true, role: 'USE' } },
      )
      .then(({ data }) => expect(data?.['it']).toEqual({ __typename: 'SharePayload' })),
  );
  const { status } = await rig.client.call(fay.token, rig.endpoint('second'));
  expect(status).toBe(401);
  expect(await rig.prisma.personalValues.findMany({ select: { userId: true } })).toEqual([{ userId: rig.owner.id }]);
  await eventually('the end of the children', () => rig.host().status().children.length === 0, 5_000);
});

type Made = { token: string; accessToken: { id: string } };
test('a token carries its own values, and one without them is not made', async () => {
  const create = (values: object[]) =>
    rig.owner.browser.ask(
      `mutation Create($input: CreateAccessTokenInput!) { it: createAccessToken(input: $input) {
        __typename ... on AccessTokenPayload { token accessToken { id } } ... on UserError { code message hint } } }`,
      { input: { deploymentId: rig.deploymentId, name: 'robot', values } },
    );
  expect((await create([])).data?.['it']).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'Account token is required.',
  });
  expect(await rig.prisma.accessToken.count({ where: { name: 'robot' } })).toBe(0);
  const { data } = await create([{ name: FIELD, value: 'key-of-robot' }]);
  const { token, accessToken } = (data?.['it'] ?? {}) as Made;
  const client = await open(token, { era: 'modern' });
  onTestFinished(() => client.close());
  expect(await call(client)).toBe('account of key-of-robot');
  await rig.owner.browser.ask(`mutation Revoke($id: ID!) { revokeAccessToken(id: $id) { __typename } }`, {
    id: accessToken.id,
  });
  await expect(call(client)).rejects.toThrow();
  expect(await rig.prisma.personalValues.count({ where: { accessTokenId: { not: null } } })).toBe(0);
});

test('bad values are refused with a code and a hint, and nothing is stored', async () => {
  const gus = await rig.signUp('gus');
  const stored = () => rig.prisma.personalValues.count({ where: { userId: gus.id } });
  for (const [value, name, message] of [
    ['has spaces in it', FIELD, 'Account token does not have the expected form'],
    ['nul-\0-character', FIELD, 'Account token contains a NUL character'],
    ['   ', FIELD, 'Enter at least one value.'],
    ['eu', 'REGION', 'REGION is not a personal field of this deployment.'],
    ['x'.repeat(40_000), FIELD, 'Account token is too long'],
  ] as const) {
    const answer = await setKey(gus.browser, rig.deploymentId, value, name);
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(message) });
    expect(answer).toMatchObject({ hint: expect.stringMatching(/\w/) });
    expect(JSON.stringify(answer)).not.toContain(value.trim() === '' ? 'nothing to look for' : `"${value}"`);
  }
  expect(await setKey(gus.browser, crypto.randomUUID(), 'key-of-gus')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await removeKey(rig.owner.browser, rig.deploymentId)).toMatchObject({
    code: 'CONFLICT',
    hint: expect.stringContaining('another value'),
  });
  expect(await stored()).toBe(0);
});

test('another person sees the name of the deployment and its form, and nothing else of it', async () => {
  const hal = await rig.signUp('hal');
  const { data } = await hal.browser.ask(
    `query Look($id: ID!) { deployment(id: $id) { id } connectedClients { id }
      personalValues(deploymentId: $id) { deploymentName owner set fields { name personal } } }`,
    { id: rig.deploymentId },
  );
  expect(data).toEqual({
    deployment: null,
    connectedClients: [],
    personalValues: { deploymentName: 'Accounts', owner: false, set: [], fields: [{ name: FIELD, personal: true }] },
  });
});

test('a person sees and disconnects an app of their own, and nothing else of the deployment that it calls', async () => {
  const ida = await rig.signUp('ida');
  await setKey(ida.browser, rig.deploymentId, 'key-of-ida');
  const token = await rig.connect(ida.browser);
  const connected = async (browser = ida.browser) =>
    (await browser.ask('{ connectedClients { id deploymentName deployment { id } } }')).data?.['connectedClients'] as {
      id: string;
    }[]; // the query above
  const [mine] = await connected();
  expect(mine).toMatchObject({ deploymentName: 'Accounts', deployment: null });
  expect((await connected(rig.owner.browser)).map(({ id }) => id)).not.toContain(mine?.id);

  const disconnect = 'mutation ($id: ID!) { it: disconnectClient(id: $id) { __typename } }';
  const asOwner = await rig.owner.browser.ask(disconnect, { id: mine?.id });
  expect(asOwner.data).toEqual({ it: { __typename: 'NotFoundError' } });
  expect((await ida.browser.ask(disconnect, { id: mine?.id })).data).toEqual({ it: { __typename: 'ConnectedClient' } });
  expect(await connected()).toEqual([]);
  expect((await rig.client.call(token)).status).toBe(401);
});
