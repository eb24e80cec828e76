import { afterEach, expect, test } from 'vitest';
import { listenForScrapers, type MetricsPort } from './private-port.ts';

let opened: MetricsPort | null = null;
afterEach(() => opened?.close());

async function open(expose = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' })) {
  const errors: unknown[] = [];
  opened = await listenForScrapers({ host: '127.0.0.1', port: 0, onError: (error) => errors.push(error) }, expose);
  const origin = `http://127.0.0.1:${opened.port}`;
  return { errors, get: (path: string, init?: RequestInit) => fetch(origin + path, init) };
}

test('serves the figures to a scraper without a token, and nothing else', async () => {
  const { get } = await open();
  const answer = await get('/metrics');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4']);
  expect(await answer.text()).toBe('up 1\n');
  expect((await get('/')).status).toBe(404);
  expect((await get('/graphql', { method: 'POST', body: '{}' })).status).toBe(404);
  const refused = await get('/metrics', { method: 'POST' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('answers 500 when the figures cannot be collected, and reports the error', async () => {
  const failure = new Error('away');
  const { errors, get } = await open(() => Promise.reject(failure));
  expect((await get('/metrics')).status).toBe(500);
  expect(errors).toEqual([failure]);
});

test('rejects a port that is in use', async () => {
  await open();
  const again = listenForScrapers({ host: '127.0.0.1', port: opened?.port ?? 0, onError: () => {} }, async () => ({
    contentType: '',
    text: '',
  }));
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
