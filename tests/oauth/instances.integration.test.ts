import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from '#server/compose/app.ts';
import { readEnv } from '#server/env.ts';
import { MANY_PEOPLE } from '#server/http/browser.testing.ts';
import { createLog } from '#server/logging/log.ts';
import { createRawClient, jsonOf, type RawClient, type Tokens } from './raw-client.ts';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from './rig.ts';

const CALLBACK = 'https://client.example/cb';
let rig: OAuthRig;
let client: RawClient;
let second: App;
let dataDir: string;
beforeAll(async () => {
  rig = await openOAuthRig();
  client = createRawClient(rig, rig.deploymentId);
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-second-'));
  second = await createApp({
    env: readEnv({
      ...MANY_PEOPLE,
      PORT: '0',
      PUBLIC_URL: rig.app.url,
      CATWALK_DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
    }),
    log: createLog('silent'),
    environment: {},
    storage: rig.storage,
  });
});
afterAll(async () => {
  await second?.close();
  await rig?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The same address at the other instance. */
const atSecond = (url: string) => url.replace(rig.app.url, `http://localhost:${second.port}`);

test('each step may meet another instance, and disconnecting at one ends calls and streams at the other', async () => {
  const metadata = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
  const { client_id: clientId = '' } = await jsonOf(client.register(metadata));
  const { url, verifier } = client.begin(clientId, CALLBACK);
  const back = await redirectOf(decide(rig.owner.browser, url));
  const exchanged = await fetch(atSecond(`${client.issuer}/token`), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
    }),
  });
  const { access_token: token } = (await exchanged.json()) as Tokens;

  // both instances know the grant at once, without a notification
  const [here, there] = [await client.call(token), await client.call(token, atSecond(client.resource))];
  expect([here.status, there.status]).toEqual([200, 200]);
  await here.text();
  await there.text();
  const stream = await fetch(atSecond(client.resource), {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      'mcp-session-id': there.headers.get('mcp-session-id') ?? '',
    },
  });
  expect(stream.status).toBe(200);

  const { data } = await rig.owner.browser.ask('{ connectedClients { id } }');
  const [connected] = (data?.['connectedClients'] ?? []) as { id: string }[]; // the query above
  await rig.owner.browser.ask('mutation ($id: ID!) { disconnectClient(id: $id) { __typename } }', connected);
  await stream.text().catch(() => 'broken off'); // resolves only because the stream ended
  expect((await client.call(token, atSecond(client.resource))).status).toBe(401);
});

test('a machine client that is revoked at one instance has its stream ended and its tokens refused at the other', async () => {
  const { data } = await rig.owner.browser.ask(
    `mutation ($input: CreateMachineClientInput!) { it: createMachineClient(input: $input) {
      ... on MachineClientPayload { secret machineClient { id clientId } } } }`,
    { input: { deploymentId: rig.deploymentId, name: 'Job' } },
  );
  const made = data?.['it'] as { secret: string; machineClient: { id: string; clientId: string } }; // the mutation above
  const { access_token: token = '' } = await jsonOf(
    client.form('token', {
      grant_type: 'client_credentials',
      client_id: made.machineClient.clientId,
      client_secret: made.secret,
    }),
  );
  const there = await client.call(token, atSecond(client.resource));
  await there.text();
  const stream = await fetch(atSecond(client.resource), {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      'mcp-session-id': there.headers.get('mcp-session-id') ?? '',
    },
  });
  expect(stream.status).toBe(200);
  await rig.owner.browser.ask('mutation ($id: ID!) { revokeMachineClient(id: $id) { __typename } }', {
    id: made.machineClient.id,
  });
  await stream.text().catch(() => 'broken off'); // resolves only because the stream ended
  expect((await client.call(token, atSecond(client.resource))).status).toBe(401);
});
