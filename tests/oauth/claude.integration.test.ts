import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRawClient, jsonOf, type RawClient, type Tokens } from './raw-client.ts';
import { type OAuthRig, openConsent, openOAuthRig, submit } from './rig.ts';

const CALLBACK = 'https://claude.ai/api/mcp/auth_callback';
/** The registration of claude.ai: it requests a secret, sends a scope of its own, and no `application_type`. */
const METADATA = {
  client_name: 'Claude',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_post',
  scope: 'claudeai',
};

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());

test('claude.ai connects at the first try, its traps included', async () => {
  // 1. The endpoint is asked without a token, and says where to look.
  const refused = await createRawClient(rig, rig.deploymentId).call(null);
  expect(refused.status).toBe(401);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  expect(challenge).toMatch(/^Bearer resource_metadata="[^"]+", scope="mcp"$/);

  // 2. Protected resource metadata, then that of its authorization server, at the path-aware address.
  const resource = await (await fetch(/resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '')).json();
  expect(resource).toMatchObject({ resource: rig.endpointUrl, authorization_servers: [rig.issuer] });
  const { origin, pathname } = new URL(rig.issuer);
  const server = await jsonOf(fetch(`${origin}/.well-known/oauth-authorization-server${pathname}`));
  expect(server['issuer']).toBe(rig.issuer);

  // 3. It registers twice, and must be one and the same client, secret included: it may use either.
  const register = () =>
    jsonOf(
      fetch(server['registration_endpoint'] ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(METADATA),
      }),
    );
  const [once, twice] = [await register(), await register()];
  expect(twice).toEqual(once);
  expect(once).toMatchObject({ token_endpoint_auth_method: 'client_secret_post', redirect_uris: [CALLBACK] });
  const { client_id: clientId = '', client_secret: secret = '' } = once;
  expect(secret).not.toBe('');

  // 4. The person is sent to the consent page, and the form goes out twice, at once and again.
  const client = createRawClient(rig, rig.deploymentId);
  const { verifier, query } = client.begin(clientId, CALLBACK, { scope: 'claudeai', state: 'the state' });
  const consent = await openConsent(rig.owner.browser, `${server['authorization_endpoint']}?${query}`);
  expect(consent.status).toBe(303);
  const submitted = await Promise.all([
    submit(rig.owner.browser, consent.location),
    submit(rig.owner.browser, consent.location),
  ]);
  submitted.push(await submit(rig.owner.browser, consent.location));
  const answers = new Set(submitted.map(({ redirectTo }) => redirectTo));
  expect(answers.size).toBe(1);
  const back = new URL([...answers][0] ?? '');
  expect(back.origin + back.pathname).toBe(CALLBACK);
  expect(back.searchParams.get('state')).toBe('the state');
  expect(back.searchParams.get('iss')).toBe(rig.issuer);

  // 5. Its two callbacks both exchange the code: one gets tokens, and they survive the other.
  const code = back.searchParams.get('code') ?? '';
  const exchange = () => client.redeem(clientId, CALLBACK, code, verifier, { client_secret: secret });
  const exchanged = await Promise.all([exchange(), exchange()]);
  expect(exchanged.map(({ status }) => status).sort()).toEqual([200, 400]);
  const tokens = (await exchanged.find(({ ok }) => ok)?.json()) as Tokens;
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, scope: 'mcp' });

  // 6. A new session for every call, never ended by DELETE, for as long as a person uses it.
  for (let call = 0; call < 5; call += 1) expect(await callTool(client, tokens.access_token)).toBe(200);

  // 7. It refreshes, and goes on.
  const refreshed = await client.refresh(clientId, tokens.refresh_token, { client_secret: secret });
  expect(refreshed.status).toBe(200);
  expect(await callTool(client, ((await refreshed.json()) as Tokens).access_token)).toBe(200);
});

/** Opens a session and calls a tool in it; the status of the last answer. */
async function callTool(client: RawClient, accessToken: string): Promise<number> {
  const opened = await client.call(accessToken);
  expect(opened.status).toBe(200);
  await opened.text();
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  const send = (message: object) =>
    fetch(client.resource, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  await (await send({ method: 'notifications/initialized' })).text();
  const params = { name: 'echo', arguments: { text: 'hello' } };
  const answer = await send({ id: 2, method: 'tools/call', params });
  expect(await answer.text()).toContain('hello');
  return answer.status;
}
