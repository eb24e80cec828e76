import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listen } from './test-rig.ts';
import { createUpstream } from './upstream.ts';

const SECOND_MS = 1_000;

// before undici starts its timers; sockets stay real
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

test('a machine may be silent for longer than the longest tool call, five minutes, and not for six', async () => {
  const machine = await listen(() => {});
  const upstream = createUpstream();
  const called = once(machine.server, 'request');
  let failure: unknown = null;
  const call = upstream.dispatcher(machine.origin).request({ origin: machine.origin, path: '/mcp', method: 'GET' });
  const settled = call.catch((error: unknown) => {
    failure = error;
  });
  await called;
  await vi.advanceTimersByTimeAsync(300 * SECOND_MS);
  expect(failure).toBeNull();
  await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
  await settled;
  expect(failure).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
  await upstream.close();
  await machine.close();
});
