import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide, type OAuthRig, openOAuthRig, redirectOf } from './rig.ts';

const PROXY = createRequire(import.meta.url).resolve('mcp-remote/dist/proxy.js');

let rig: OAuthRig;
let keptIn: string;
beforeAll(async () => {
  rig = await openOAuthRig();
  keptIn = await mkdtemp(path.join(tmpdir(), 'mcp-remote-'));
});
afterAll(async () => {
  await rig?.close();
  await rm(keptIn, { recursive: true, force: true });
});

/** Starts it as a desktop client would; `BROWSER` makes that it opens none. */
const start = (name: string, flags: string[]) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [PROXY, rig.endpointUrl, '--auth-timeout', '60', ...flags],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: keptIn,
      BROWSER: 'true',
      MCP_REMOTE_CONFIG_DIR: path.join(keptIn, name),
    },
    stderr: 'pipe',
  });

/** The link that it prints for its user. */
async function linkIn(output: Readable | null): Promise<string> {
  if (!output) throw new Error('Its output is not piped.');
  for await (const line of createInterface({ input: output })) {
    const link = /https?:\/\/\S+\/authorize\?\S+/.exec(line)?.[0];
    if (link) return link;
  }
  throw new Error('It ended without printing a link.');
}

test.each([
  ['with a resource', []],
  ['without one: the issuer says which deployment is meant', ['--disable-resource-parameter']],
])('mcp-remote connects %s, and the next time without asking', async (name, flags) => {
  const transport = start(name, flags);
  const client = new Client({ name: 'desktop', version: '1.0.0' });
  const link = linkIn(transport.stderr as Readable | null); // a stream of Node's, says its documentation
  const connected = client.connect(transport);
  const authorization = new URL(await link);
  expect(authorization.searchParams.has('resource')).toBe(flags.length === 0);
  const back = await redirectOf(decide(rig.owner.browser, authorization));
  expect((await fetch(back)).status).toBe(200);
  await connected;
  expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('echo');
  await client.close();

  const again = new Client({ name: 'desktop', version: '1.0.0' });
  await again.connect(start(name, flags));
  expect((await again.callTool({ name: 'echo', arguments: { text: 'hi' } })).isError).not.toBe(true);
  await again.close();
});
