import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { UnauthorizedError as V1UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryProvider } from './memory-provider.ts';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from './rig.ts';

let rig: OAuthRig;
beforeAll(async () => {
  rig = await openOAuthRig();
});
afterAll(() => rig?.close());

test.each(['native', null])('the official v2 client connects, its application_type %s', async (applicationType) => {
  const provider = createMemoryProvider(applicationType === null ? {} : { application_type: applicationType });
  const open = () => new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider: provider });
  const first = open();
  const client = new Client({ name: 'v2', version: '1.0.0' });
  await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const back = await redirectOf(decide(rig.owner.browser, provider.sentTo()));
  expect(back.searchParams.get('iss')).toBe(rig.issuer);
  await first.finishAuth(back.searchParams); // checks state and iss as RFC 9207 wants
  const connected = new Client({ name: 'v2', version: '1.0.0' });
  await connected.connect(open());
  try {
    expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('echo');
  } finally {
    await connected.close();
  }
});

test('the official v2 client gets a fresh access token when its old one is refused', async () => {
  const provider = createMemoryProvider({});
  const open = () => new StreamableHTTPClientTransport(new URL(rig.endpointUrl), { authProvider: provider });
  const first = open();
  await expect(new Client({ name: 'v2', version: '1.0.0' }).connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  await first.finishAuth((await redirectOf(decide(rig.owner.browser, provider.sentTo()))).searchParams);
  const before = provider.forgeAccessToken();
  const client = new Client({ name: 'v2', version: '1.0.0' });
  await client.connect(open());
  await client.close();
  expect(provider.tokens()?.access_token).not.toBe('forged');
  expect(provider.tokens()?.refresh_token).not.toBe(before?.refresh_token);
});

test('the official v1 client connects', async () => {
  const provider = createMemoryProvider({});
  const open = () => new V1Transport(new URL(rig.endpointUrl), { authProvider: provider });
  const first = open();
  const client = new V1Client({ name: 'v1', version: '1.0.0' });
  type Connectable = Parameters<typeof client.connect>[0]; // its own types disagree under exactOptionalPropertyTypes
  await expect(client.connect(first as Connectable)).rejects.toBeInstanceOf(V1UnauthorizedError);
  const back = await redirectOf(decide(rig.owner.browser, provider.sentTo()));
  await first.finishAuth(back.searchParams.get('code') ?? '');
  const connected = new V1Client({ name: 'v1', version: '1.0.0' });
  await connected.connect(open() as Connectable);
  try {
    expect((await connected.listTools()).tools.map(({ name }) => name)).toContain('echo');
  } finally {
    await connected.close();
  }
});
