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

test.each(['none', 'client_secret_post'])(
  'the authorization server of a deployment passes the suite for a client that proves itself by %s',
  { timeout: 180_000 },
  async (method) => {
    const client = await jsonOf(
      raw.register({ redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: method }),
    );
    const secret = client['client_secret'] ? ['--client-secret', client['client_secret']] : [];
    const { passed, failed, output } = await runAuthorizationSuite(
      [
        ...['--url', rig.issuer, '--resource', raw.resource, '--port', String(await freePort())],
        ...['--client-id', client['client_id'] ?? '', ...secret],
      ],
      async (address) => {
        await fetch(await redirectOf(decide(rig.owner.browser, address)));
      },
    );
    expect([passed, failed], output).toEqual([
      ['authorization-server-metadata-endpoint', 'authorization-code-grant'],
      [],
    ]);
  },
);
