import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthorizationServer, openAuthorizationServer } from '../fixtures/remote/authorization-server.ts';
import { openProtectedServer } from '../fixtures/remote/protected-server.ts';
import { openRemoteRig, type RemoteRig, signInFully } from './remote-rig.ts';

const PUBLIC_URL = 'https://catwalk.example.com';
const MINUTES_MS = 60_000;

let authorization: AuthorizationServer;
let server: Awaited<ReturnType<typeof openProtectedServer>>;
let rig: RemoteRig;
/** How far the clock of Catwalk is ahead. */
let aheadMs = 0;

beforeAll(async () => {
  authorization = await openAuthorizationServer({
    registers: true,
    // The tunnel that a public address would be.
    readDocument: async (url) => (await fetch(url.replace(PUBLIC_URL, rig.origin))).json(),
  });
  server = await openProtectedServer(authorization, { name: 'one' });
  const clock = () => new Date(Date.now() + aheadMs);
  rig = await openRemoteRig([authorization.origin, server.origin], { PUBLIC_URL }, { clock });
});
afterAll(async () => {
  await rig?.close();
  authorization?.close();
  server?.close();
});

test('Catwalk at a public address is known by its document, and a revoked sign-in fails the deployment', async () => {
  const { id, accessToken } = await rig.deploy(server.url);
  await rig.until(id, 'FAILED');
  expect((await signInFully(rig, id)).status).toBe(303);
  await rig.until(id, 'RUNNING');
  expect(authorization.seen.documents).toEqual([`${PUBLIC_URL}/api/remote/client.json`]);
  expect(authorization.seen.registrations).toBe(0);

  const client = await rig.openClient(id, accessToken);
  authorization.expireAccessTokens();
  aheadMs += 5 * MINUTES_MS;
  // The refused token is renewed within the call.
  expect(await client.callTool({ name: 'greet' })).toMatchObject({ content: [{ type: 'text' }] });
  expect(authorization.seen.refreshes).toBe(1);

  authorization.revokeAll();
  aheadMs += 5 * MINUTES_MS;
  const { host } = new URL(authorization.issuer);
  await expect(client.callTool({ name: 'greet' })).rejects.toThrow(`The sign-in at ${host} has ended.`);
  const { failure } = await rig.until(id, 'FAILED');
  expect(failure).toEqual({ code: 'SIGN_IN_REQUIRED', message: `The sign-in at ${host} has ended.` });
  expect(await rig.connectionOf(id)).toMatchObject({ problem: failure?.message });

  await signInFully(rig, id);
  await rig.until(id, 'RUNNING');
  expect(await rig.connectionOf(id)).toMatchObject({ problem: null });
});
