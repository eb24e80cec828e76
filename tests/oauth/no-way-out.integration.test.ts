import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryProvider } from './memory-provider.ts';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from './rig.ts';

let rig: OAuthRig;
beforeAll(async () => {
  // the registry of the test app has no server, so that nothing outside can be reached
  rig = await openOAuthRig({}, { CLIENT_DOCUMENTS: 'auto' });
});
afterAll(() => rig?.close());

test('a server without a way out does not advertise documents, and the official client registers', async () => {
  const metadata = await fetch(`${rig.origin}/.well-known/oauth-authorization-server/oauth/${rig.deploymentId}`);
  const document = await metadata.json();
  expect(document).not.toHaveProperty('client_id_metadata_document_supported');
  expect(document).toMatchObject({ registration_endpoint: `${rig.issuer}/register` });

  const provider = createMemoryProvider({}, undefined, 'https://desk.invalid/client.json');
  const transport = () => new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider: provider });
  const first = transport();
  await expect(new Client({ name: 'v2', version: '1.0.0' }).connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  expect(provider.sentTo().searchParams.get('client_id')).not.toContain('desk.invalid');
  const back = await redirectOf(decide(rig.owner.browser, provider.sentTo()));
  await first.finishAuth(back.searchParams);
  const client = new Client({ name: 'v2', version: '1.0.0' });
  await client.connect(transport());
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  await client.close();
});
