import { afterEach, describe, expect, test } from 'vitest';
import { eventually, isAlive, messagesOf, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const KINDS = ['detached', 'orphaned', 'bare'];

describe('processes that a server started in sessions of their own', () => {
  test.each(KINDS)('end with the session that the server belongs to (%s)', async (kind) => {
    host = await startTestHost({ isolation: 'PER_SESSION' });
    const [client, other] = [await TestClient.open(host), await TestClient.open(host)];
    const daemon = Number(await client.tool('daemon', { kind }));
    const others = Number(await other.tool('daemon', { kind }));
    expect(isAlive(daemon)).toBe(true);
    await client.delete();
    await eventually('the daemon to end', () => !isAlive(daemon));
    expect(isAlive(others)).toBe(true);
  });

  test.each(KINDS)('have ended when the host is closed (%s)', async (kind) => {
    host = await startTestHost();
    const daemon = Number(await (await TestClient.open(host)).tool('daemon', { kind }));
    await host.close({ drainMs: 0 });
    // Ended; the system may take a moment to take its entry off the list.
    await eventually('the daemon to be reaped', () => !isAlive(daemon), 5_000);
  });

  test('end when the server crashes', async () => {
    host = await startTestHost();
    const client = await TestClient.open(host);
    const daemon = Number(await client.tool('daemon', { kind: 'orphaned' }));
    await messagesOf(await client.postTool(1, 'crash'));
    await eventually('the daemon to end', () => !isAlive(daemon));
  });
});

describe('an answer above the limit', () => {
  const LIMIT = 64 * 1024;
  const start = async () => {
    host = await startTestHost({}, { limits: { childLineBytesMax: LIMIT } });
    return TestClient.open(host);
  };

  test.each(['big', 'bigIdLast'])('ends its call with an error under the id of the client (%s)', async (tool) => {
    const client = await start();
    const [answer] = await messagesOf(await client.postTool('mine', tool, { bytes: 4 * LIMIT }));
    expect(answer).toMatchObject({ id: 'mine', error: { code: -32000, message: expect.stringMatching(/too large/) } });
    expect(await client.tool('big', { bytes: 100 })).toBe('x'.repeat(100));
  });

  test('ends its call even when its line does not end', async () => {
    const client = await start();
    const text = `{"jsonrpc":"2.0","id":$id,"result":{"text":"${'x'.repeat(4 * LIMIT)}`;
    const [answer] = await messagesOf(await client.postTool(1, 'print', { text, silent: true }));
    expect(answer).toMatchObject({ id: 1, error: { message: expect.stringMatching(/too large/) } });
  });

  test('leaves other calls alone, and is logged when it answers none', async () => {
    const client = await start();
    expect(await client.tool('print', { text: `${'x'.repeat(4 * LIMIT)}\n` })).toBe('printed');
    expect(await host.logs()).toContainEqual(expect.stringMatching(/A line of \d+ bytes was dropped/));
  });
});
