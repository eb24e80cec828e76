import { afterEach, expect, test } from 'vitest';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const restartSilent = async (): Promise<unknown> => {
  const response = await host.request('/restart-silent', { method: 'POST' });
  return response.json();
};

test('only a child that does not answer is started again, and its call under way gets an error', async () => {
  host = await startTestHost({ isolation: 'PER_SESSION' });
  const [silent, other] = [await TestClient.open(host), await TestClient.open(host)];
  const [pid, otherPid] = [await silent.tool('pid'), await other.tool('pid')];
  const waiting = silent.postTool(1, 'hang').then(messagesOf);
  await eventually('the call is under way', () => host.status().children.some(({ inFlight }) => inFlight === 1));
  process.kill(Number(pid), 'SIGSTOP');

  expect(await restartSilent()).toEqual({ restarted: 1 });
  const [answer] = await waiting;
  expect(answer?.error).toMatchObject({
    message: expect.stringContaining('did not answer any more'),
    data: { code: 'CRASHED', retryable: true },
  });
  expect(await silent.tool('echo', { text: 'back' })).toBe('back');
  expect(await silent.tool('pid')).not.toBe(pid);
  expect(await other.tool('pid')).toBe(otherPid);
  expect(host.status()).toMatchObject({ restarts: 1, phase: 'READY', lastError: null });
});

test('a silent child comes back by itself for a session that listens', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  const pid = await client.tool('pid');
  const events = readEvents(await client.get());
  process.kill(Number(pid), 'SIGSTOP');
  expect(await restartSilent()).toEqual({ restarted: 1 });
  await eventually('a new child', () => host.status().children.some((child) => String(child.pid) !== pid));
  await events.return(undefined);
});

test('children that answer are left alone', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  const pid = await client.tool('pid');
  expect(await restartSilent()).toEqual({ restarted: 0 });
  expect(await client.tool('pid')).toBe(pid);
});
