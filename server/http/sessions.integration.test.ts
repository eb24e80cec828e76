import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { addDeployment, openTestApp, type TestApp } from '../compose/app.testing.ts';
import { type Browser, MANY_PEOPLE, openBrowser } from './browser.testing.ts';
import { CONNECTIONS_PER_USER_MAX } from './open-subscriptions.ts';

const PASSWORD = 'correct horse battery';
let rig: TestApp;
let people = 0;
let email: string;
let browser: Browser;
beforeAll(async () => {
  rig = await openTestApp(MANY_PEOPLE);
});
afterAll(() => rig?.close());
beforeEach(async () => {
  await rig.prisma.signInAttempts.deleteMany();
  people += 1;
  email = `person-${people}@example.com`;
  browser = openBrowser(rig, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  await browser.signUp(email, PASSWORD);
});

const signIn = async (userAgent?: string) => {
  const other = openBrowser(rig, userAgent);
  expect((await other.signIn(email, PASSWORD)).status).toBe(200);
  return other;
};

type Sessions = { id: string; isCurrent: boolean; userAgent: string; address: string; method: string }[];
const sessionsOf = async (who: Browser) => {
  const { data } = await who.ask('{ viewer { sessions { id isCurrent userAgent address method } } }');
  const viewer = data?.['viewer'] as { sessions: Sessions } | undefined; // the query above
  return viewer?.sessions ?? [];
};

/** A socket of a browser's page that follows something; resolves with the close code. */
function follow(who: Browser) {
  const closed = Promise.withResolvers<number>();
  const connected = Promise.withResolvers<void>();
  const cookie = who.cookie();
  class PageSocket extends WebSocket {
    constructor(url: string | URL, protocols: string | string[]) {
      super(url, protocols, { headers: { cookie, origin: rig.origin } });
    }
  }
  const client = createClient({
    url: `${rig.origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: PageSocket,
    retryAttempts: 0,
    on: {
      connected: () => connected.resolve(),
      closed: (event) => closed.resolve((event as { code: number }).code), // a CloseEvent
    },
  });
  client.subscribe(
    { query: 'subscription { deploymentsChanged { status } }' },
    { next() {}, error() {}, complete() {} },
  );
  return { connected: connected.promise, closed: closed.promise, close: () => client.dispose() };
}

test('the list tells each browser, and which of them asks', async () => {
  const phone = await signIn('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1');
  const sessions = await sessionsOf(phone);
  expect(sessions).toMatchObject([
    { isCurrent: true, userAgent: expect.stringContaining('iPhone'), address: '127.0.0.1', method: 'email' },
    { isCurrent: false, userAgent: expect.stringContaining('Firefox'), address: '127.0.0.1' },
  ]);
});

test('signing out ends the sockets and streams of that session at once, and no others', async () => {
  const other = await signIn();
  const [mine, theirs] = [follow(browser), follow(other)];
  await Promise.all([mine.connected, theirs.connected]);
  const stream = await browser.send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { deploymentsChanged { status } }' }),
  });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const ended = stream.text().then(
    () => 'ended',
    () => 'cut',
  );
  expect((await browser.json('/api/auth/sign-out', {})).status).toBe(200);
  expect(await mine.closed).toBe(4403);
  expect(['ended', 'cut']).toContain(await ended);
  expect(await sessionsOf(other)).toHaveLength(1);
  const quiet = await Promise.race([theirs.closed, new Promise((resolve) => setImmediate(() => resolve('open')))]);
  expect(quiet).toBe('open');
  await theirs.close();
});

test('signing out everywhere ends all, a chosen one ends alone', async () => {
  const [laptop, phone] = [await signIn('Laptop'), await signIn('Phone')];
  const sockets = [follow(laptop), follow(phone)];
  await Promise.all(sockets.map((socket) => socket.connected));
  const chosen = (await sessionsOf(browser)).find(({ userAgent }) => userAgent === 'Phone');
  const end = 'mutation ($id: ID!) { endSession(id: $id) { ... on SignOutPayload { ended } } }';
  expect((await browser.ask(end, { id: chosen?.id })).data).toEqual({ endSession: { ended: 1 } });
  expect(await sockets[1]?.closed).toBe(4403);
  expect(await phone.viewer()).toBeNull();
  expect(await laptop.viewer()).not.toBeNull();
  const endAll = 'mutation ($keep: Boolean!) { endAllSessions(keepThis: $keep) { ... on SignOutPayload { ended } } }';
  expect((await browser.ask(endAll, { keep: true })).data).toEqual({ endAllSessions: { ended: 1 } });
  expect(await sockets[0]?.closed).toBe(4403);
  expect(await browser.viewer()).not.toBeNull();
  expect((await browser.ask(endAll, { keep: false })).data).toEqual({ endAllSessions: { ended: 1 } });
  expect(await browser.viewer()).toBeNull();
});

test('a playground’s token ends with the session it was made in', async () => {
  const id = (await browser.viewer())?.id ?? '';
  const { id: deploymentId } = await addDeployment(rig.prisma, id);
  const make = `mutation ($id: ID!) { createPlaygroundToken(deploymentId: $id) { ... on PlaygroundToken { token } } }`;
  const made = (await browser.ask(make, { id: deploymentId })).data?.['createPlaygroundToken'] as { token: string };
  const knock = async () =>
    (
      await fetch(`${rig.origin}/api/mcp/${deploymentId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      })
    ).status;
  expect(await knock()).not.toBe(401);
  await browser.json('/api/auth/sign-out', {});
  await expect.poll(knock).toBe(401);
});

test('a new password takes the old one, and ends the other sessions', async () => {
  const other = await signIn();
  const change = `mutation ($input: ChangePasswordInput!) {
    changePassword(input: $input) { __typename ... on UserError { code } } }`;
  const wrong = { currentPassword: 'not the password', newPassword: 'another long password' };
  expect((await browser.ask(change, { input: wrong })).data).toEqual({
    changePassword: { __typename: 'InvalidInputError', code: 'INVALID_INPUT' },
  });
  expect(await other.viewer()).not.toBeNull();
  const right = { currentPassword: PASSWORD, newPassword: 'another long password' };
  expect((await browser.ask(change, { input: right })).data).toMatchObject({
    changePassword: { __typename: 'Viewer' },
  });
  expect(await other.viewer()).toBeNull();
  expect(await browser.viewer()).not.toBeNull();
  expect((await openBrowser(rig).signIn(email, PASSWORD)).status).toBe(401);
  expect((await openBrowser(rig).signIn(email, 'another long password')).status).toBe(200);
});

test('an API token neither takes the account over nor ends sessions', async () => {
  const { id = '' } = (await browser.viewer()) ?? {};
  const { token } = await rig.tokenFor(id);
  const [session] = await sessionsOf(browser);
  const forbidden = { __typename: 'GenericUserError', code: 'FORBIDDEN' };
  const ask = (query: string) => rig.ask(token, `mutation { it: ${query} { __typename ... on UserError { code } } }`);
  for (const mutation of [
    'changePassword(input: { newPassword: "another long password" })',
    'updateAccount(input: { name: "x", email: "thief@example.com" })',
    `endSession(id: "${session?.id}")`,
    'endAllSessions(keepThis: false)',
    'allowDevice(input: { code: "BBBB-BBBB", scope: WRITE })',
    'denyDevice(code: "BBBB-BBBB")',
  ]) {
    expect((await ask(mutation)).data, mutation).toEqual({ it: forbidden });
  }
  expect(await browser.viewer()).not.toBeNull();
});

test('a revoked API token’s sockets end at once', async () => {
  const { id = '' } = (await browser.viewer()) ?? {};
  const { token, id: tokenId } = await rig.tokenFor(id);
  const socket = new WebSocket(`${rig.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await acknowledged;
  await browser.ask('mutation ($id: ID!) { revokeApiToken(id: $id) { __typename } }', { id: tokenId });
  expect(await closed).toBe(4403);
});

test('limits the sockets of one user', async () => {
  const sockets = Array.from({ length: CONNECTIONS_PER_USER_MAX }, () => follow(browser));
  await Promise.all(sockets.map((socket) => socket.connected));
  const many = follow(browser);
  expect(await many.closed).toBe(1013);
  await Promise.all(sockets.map((socket) => socket.close()));
});

test('a subscription over server-sent events counts as a connection and ends with its token, whatever it accepts', async () => {
  const { id = '' } = (await browser.viewer()) ?? {};
  const { token, id: tokenId } = await rig.tokenFor(id);
  const subscribe = (accept: string) =>
    fetch(`${rig.origin}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept },
      body: '{"query":"subscription { deploymentsChanged { message } }"}',
    });
  const streams = await Promise.all(
    Array.from({ length: CONNECTIONS_PER_USER_MAX }, (_, n) => subscribe(n % 2 === 0 ? 'text/event-stream' : 'TEXT/*')),
  );
  const open = streams.filter(({ headers }) => headers.get('content-type')?.startsWith('text/event-stream'));
  expect(open.length).toBeGreaterThanOrEqual(CONNECTIONS_PER_USER_MAX / 2);
  for (const { body } of streams.filter((stream) => !open.includes(stream))) await body?.cancel();
  const more = await Promise.all(
    Array.from({ length: CONNECTIONS_PER_USER_MAX - open.length + 1 }, () => subscribe('text/event-stream')),
  );
  expect(await more.at(-1)?.text()).toContain('LIMIT_REACHED');
  const query = await fetch(`${rig.origin}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: '{"query":"{ viewer { id } }"}',
  });
  expect(await query.text()).toContain(id);
  await browser.ask('mutation ($id: ID!) { revokeApiToken(id: $id) { __typename } }', { id: tokenId });
  for (const stream of [...open, ...more.slice(0, -1)]) await expect(stream.text()).rejects.toThrow();
});
