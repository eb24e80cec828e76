import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRawClient, jsonOf, type RawClient } from '../oauth/raw-client.ts';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from '../oauth/rig.ts';
import { runAuthorizationSuite } from './run-suite.ts';

let rig: OAuthRig;
let raw: RawClient;
beforeAll(async () => {
  rig = await openOAuthRig();
  raw = createRawClient(rig, rig.deploymentId);
});
afterAll(() => rig?.close());

/** The suite needs a number before it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The server listened on no port.');
  return address.port;
}

// The suite sends no secret to a server that lists "none", so a client with a secret cannot be its subject.
test('the authorization server of a deployment passes the suite', { timeout: 180_000 }, async () => {
  const metadata = { redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' };
  const { client_id: clientId = '' } = await jsonOf(raw.register(metadata));
  const { passed, failed, output } = await runAuthorizationSuite(
    [
      ...['--url', rig.issuer, '--resource', raw.resource],
      ...['--client-id', clientId, '--port', String(await freePort())],
    ],
    async (address) => {
      await fetch(await redirectOf(decide(rig.owner.browser, address)));
    },
  );
  const scenarios = ['authorization-server-metadata-endpoint', 'authorization-code-grant'];
  expect([passed, failed], output).toEqual([scenarios, []]);
  expect(output).toContain('Total: 3 passed, 0 failed'); // the first scenario has two checks
});
