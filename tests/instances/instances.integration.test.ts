import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openBrowser } from '#server/http/browser.testing.ts';
import { writeGreeter } from '../cli/greeter.ts';
import { untilAnswer } from '../until-answer.ts';
import { analyze, type Deployed, deploy, statusOf, untilRunning } from './deploy.ts';
import { openSession } from './mcp-session.ts';
import { hasNginx } from './nginx.ts';
import { isSignedInAt, openPageAt } from './page.ts';
import { openWorld, type World } from './world.ts';

const nginx = await hasNginx();
if (!nginx) process.stderr.write('Several instances are not tested: nginx is not installed (NGINX_PATH names it).\n');

describe.skipIf(!nginx)('two instances behind nginx', { timeout: 120_000 }, () => {
  let world: World;
  let greeter: Deployed;
  const [first, second] = [0, 1].map((index) => () => world.instances[index]?.url ?? '') as [
    () => string,
    () => string,
  ];

  beforeAll(async () => {
    world = await openWorld({ instances: 2 });
    const folder = path.join(world.folder, 'greeter');
    await writeGreeter(folder);
    greeter = await deploy(world, await analyze(world, folder), { sleepAfterMinutes: 5 });
    await untilRunning(world, greeter);
  }, 120_000);
  afterAll(() => world?.close());

  it('answer calls of one session, whichever is asked', async () => {
    const session = await openSession(greeter);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => session.call()));
    expect(outcomes).toEqual(Array(20).fill('answered'));
    for (const at of [first(), second()]) {
      expect(await (await openSession(greeter, at)).call()).toBe('answered');
    }
  });

  type Call = { id: string; sessionId: string; name: string; outcome: string };
  const CALL = 'id sessionId name outcome';
  const recorded = async (): Promise<Call[]> => {
    type Page = { deployment: { calls: { edges: { node: Call }[] } } };
    const query = `query C($id: ID!) { deployment(id: $id) { calls(first: 100) { edges { node { ${CALL} } } } } }`;
    return (await world.ask<Page>(query, { id: greeter.id })).deployment.calls.edges.map(({ node }) => node);
  };
  const outside = (known: Call[], calls: Call[]) =>
    calls.filter(({ sessionId }) => !known.some((one) => one.sessionId === sessionId));

  it('record each call once, and show calls through either to subscribers of both', async () => {
    const query = `subscription S($id: ID!) { deploymentCalls(id: $id) { ${CALL} } }`;
    const seen: [Call[], Call[]] = [[], []];
    const followed = [first(), second()].map((at) =>
      world.follow<{ deploymentCalls: Call }>(query, { id: greeter.id }, at),
    );
    const ended = followed.map(async ({ events }, at) => {
      for await (const { data } of events) if (data) seen[at]?.push(data.deploymentCalls);
    });
    // A subscription is known to be open when it has shown a call.
    const opening = await openSession(greeter);
    await untilAnswer(opening.call, () => seen.every(({ length }) => length > 0));
    const known = await recorded();
    const sessions = await Promise.all([first(), second()].map((at) => openSession(greeter, at)));
    const calls = sessions.flatMap((session) => Array.from({ length: 5 }, () => session.call()));
    expect(await Promise.all(calls)).toEqual(Array(10).fill('answered'));
    const ids = (rows: Call[]) =>
      outside(known, rows)
        .map(({ id }) => id)
        .sort();
    const rows = await untilAnswer(
      recorded,
      (now) => seen.every((live) => ids(live).length >= 10) && ids(now).length >= 10,
    );
    expect(ids(rows)).toHaveLength(10);
    expect(seen.map(ids)).toEqual([ids(rows), ids(rows)]);
    await Promise.all(followed.map(({ client }) => client.dispose()));
    await Promise.allSettled(ended);
  });

  it('tell each other of every change: an intent at one is an event of the subscribers of both', async () => {
    const heard = [first(), second()].map((at) =>
      world.follow<{ deploymentStatus: { status: string } }>(
        'subscription S($id: ID!) { deploymentStatus(id: $id) { status } }',
        { id: greeter.id },
        at,
      ),
    );
    const stopped = heard.map(async ({ events }) => {
      for await (const { data } of events) if (data?.deploymentStatus.status === 'STOPPED') return;
    });
    await world.ask('mutation M($id: ID!) { stopDeployment(id: $id) { __typename } }', { id: greeter.id }, first());
    await Promise.all(stopped);
    // The other's cached route is gone as well.
    for (const at of [first(), second()]) {
      await expect(openSession(greeter, at)).rejects.toThrow(/503/);
    }
    await world.ask('mutation M($id: ID!) { startDeployment(id: $id) { __typename } }', { id: greeter.id }, second());
    await untilRunning(world, greeter);
    for (const at of [first(), second()]) {
      expect(await (await openSession(greeter, at)).call()).toBe('answered');
    }
  });

  it('a token revoked at one is refused by the other, and its open stream ends', async () => {
    const created = await world.ask<{ createAccessToken: { token: string; accessToken: { id: string } } }>(
      `mutation C($input: CreateAccessTokenInput!) {
        createAccessToken(input: $input) { ... on AccessTokenPayload { token accessToken { id } } }
      }`,
      { input: { deploymentId: greeter.id, name: 'short' } },
      first(),
    );
    const { token, accessToken } = created.createAccessToken;
    const session = await openSession({ ...greeter, accessToken: token }, second());
    const stream = await fetch(session.url, { headers: { ...session.headers(), accept: 'text/event-stream' } });
    expect(stream.status).toBe(200);
    const ended = stream.text().then(
      () => 'ended',
      () => 'ended', // cut
    );
    await world.ask(
      'mutation R($id: ID!) { revokeAccessToken(id: $id) { __typename } }',
      { id: accessToken.id },
      first(),
    );
    expect(await ended).toBe('ended');
    expect((await fetch(session.url, { method: 'POST', headers: session.headers() })).status).toBe(401);
  });

  it('a session that ends at one, signed out or revoked, is over at the other: sockets, streams and questions', async () => {
    const signIn = async () => {
      const { createSignInLink } = await world.ask<{ createSignInLink: { url: string } }>(
        'mutation { createSignInLink { ... on SignInLink { url } } }',
        {},
        first(), // the one whose token of the command line this is
      );
      const browser = openBrowser({ origin: world.url });
      await browser.useLink(createSignInLink.url);
      return browser;
    };
    const [leaving, staying, revoked] = [await signIn(), await signIn(), await signIn()];
    const open = await Promise.all(
      [leaving, staying, revoked].map((browser) => openPageAt(second(), browser, world.url)),
    );
    const isKnown = (browser: Browser) => isSignedInAt(second(), browser);
    expect(await Promise.all([leaving, staying, revoked].map(isKnown))).toEqual([true, true, true]);

    const json = { 'content-type': 'application/json' };
    const signOut = await leaving.send(`${first()}/api/auth/sign-out`, { method: 'POST', headers: json, body: '{}' });
    expect(signOut.status).toBe(200);
    expect(await open[0]?.socketClosed).toBe(4403);
    await open[0]?.streamEnded;
    expect(await Promise.all([leaving, staying, revoked].map(isKnown))).toEqual([false, true, true]);

    const end = `mutation { endAllSessions(keepThis: true) { ... on SignOutPayload { ended } } }`;
    await staying.send(`${first()}/graphql`, { method: 'POST', headers: json, body: JSON.stringify({ query: end }) });
    expect(await open[2]?.socketClosed).toBe(4403);
    await open[2]?.streamEnded;
    expect(await Promise.all([leaving, staying, revoked].map(isKnown))).toEqual([false, true, false]);
    await open[1]?.close();
  });

  it('follow the log of a machine that the other one watches', async () => {
    const lines = [first(), second()].map(async (at) => {
      const { events } = world.follow<{ deploymentLogs: { text: string } }>(
        'subscription L($id: ID!) { deploymentLogs(id: $id, tail: 500) { text } }',
        { id: greeter.id },
        at,
      );
      for await (const { data } of events) if (data?.deploymentLogs.text.includes('greeter is here')) return true;
      return false;
    });
    expect(await Promise.all(lines)).toEqual([true, true]);
  });

  it('wake a sleeping deployment once, for callers at both', async () => {
    const database = new pg.Client({ connectionString: world.postgres.url });
    await database.connect();
    await untilAnswer(
      async () => {
        // As after an hour without a call; again and again, since calls are counted a moment later.
        await database.query(
          `UPDATE "Deployment" SET "lastUsedAt" = now() - interval '1 hour', "phaseSince" = now() - interval '1 hour',
             "createdAt" = now() - interval '1 hour', "nextCheckAt" = now() WHERE id = $1 AND status = 'RUNNING'`,
          [greeter.id],
        );
        return statusOf(world, greeter.id);
      },
      (deployment) => deployment?.status === 'ASLEEP',
    );
    await database.end();
    const known = await recorded();
    const outcomes = await Promise.all(
      [first(), second(), first(), second()].map(async (at) => (await openSession(greeter, at)).call()),
    );
    expect(outcomes).toEqual(Array(4).fill('answered'));
    const calls = await untilAnswer(recorded, (now) => outside(known, now).length >= 4);
    expect(outside(known, calls)).toMatchObject(Array(4).fill({ name: 'greet', outcome: 'OK' }));
    const { deployment } = await world.ask<{ deployment: { events: { edges: { node: { message: string } }[] } } }>(
      'query E($id: ID!) { deployment(id: $id) { events(first: 50) { edges { node { message } } } } }',
      { id: greeter.id },
    );
    expect(deployment.events.edges.filter(({ node: { message } }) => message.startsWith('Waking up'))).toHaveLength(1);
  });
});
