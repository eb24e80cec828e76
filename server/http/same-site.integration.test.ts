import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;

beforeAll(async () => {
  rig = await openTestApp();
  const dashboard = path.join(rig.app.dataDir, '.hidden', 'dashboard');
  await mkdir(path.join(dashboard, 'assets'), { recursive: true });
  await writeFile(path.join(dashboard, 'index.html'), '<title>The dashboard</title>');
  await writeFile(path.join(dashboard, 'assets', 'app-abc123.js'), 'export {};');
});
afterAll(() => rig?.close());

type Raw = { status: number; type: string; text: string; cache: string };

/** A request with any headers; fetch does not let its caller choose Host and Origin. */
const send = (method: string, target: string, headers: Record<string, string> = {}): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: rig.app.port, method, path: target, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        const { 'content-type': type = '', 'cache-control': cache = '' } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, type, text, cache });
      });
    });
    sent.on('error', reject).end();
  });

const upgrade = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${rig.app.port}/graphql`, 'graphql-transport-ws', { headers });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('unexpected-response', (_request, answer) => {
      resolve(answer.statusCode ?? 0);
      answer.resume();
    });
    socket.on('error', reject);
  });

const ROUTES = [
  ['GET', '/'],
  ['GET', '/assets/app-abc123.js'],
  ['GET', '/deployments/1'],
  ['GET', '/sign-in'],
  ['GET', '/sign-in?token=abc'],
  ['GET', '/sign-in/link.js'],
  ['POST', '/sign-in'],
  ['POST', '/graphql'],
  ['GET', '/graphql?query={viewer{id}}'],
  ['GET', '/api/health'],
  ['GET', '/api/auth/get-session'],
  ['POST', '/api/auth/sign-out'],
  ['GET', '/api/nothing'],
  ['POST', '/api/mcp/00000000-0000-4000-8000-000000000000'],
  ['GET', '/oauth/00000000-0000-4000-8000-000000000000/authorize'],
  ['GET', '/oauth/00000000-0000-4000-8000-000000000000/consent'],
  ['GET', '/metrics'],
] as const;

/** OAuth's programs may be pages of any origin: their responses are public, or proven, and no cookie counts. */
const FOR_PROGRAMS = [
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/nothing'],
  ['POST', '/oauth/00000000-0000-4000-8000-000000000000/token'],
] as const;

describe.each([...ROUTES, ...FOR_PROGRAMS])('%s %s', (method, target) => {
  test('does not answer to another name (DNS rebinding)', async () => {
    const port = rig.app.port;
    for (const host of ['evil.example', `evil.example:${port}`, `localhost.evil.example:${port}`, `127.0.0.1@evil`]) {
      expect((await send(method, target, { host })).status, host).toBe(403);
    }
  });
});

test.each(FOR_PROGRAMS)('%s %s answers pages of other origins', async (method, target) => {
  expect((await send(method, target, { origin: 'https://evil.example' })).status).toBe(404);
});

describe.each(ROUTES)('%s %s', (method, target) => {
  test('refuses pages of other origins', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      expect((await send(method, target, { origin })).status, origin).toBe(403);
    }
  });
});

test('refuses a page on another port of this computer, with and without an Origin', async () => {
  const other = { origin: `http://localhost:${rig.app.port + 1}` };
  expect((await send('POST', '/graphql', other)).status).toBe(403);
  expect((await send('GET', '/graphql', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(
    403,
  );
  expect((await send('GET', '/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
});

test('answers its own page under each of its names', async () => {
  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    const host = `${name}:${rig.app.port}`;
    expect((await send('GET', '/api/health', { host, origin: `http://${host}` })).status, name).toBe(200);
  }
});

test('tells a load balancer, which asks by address, its health and nothing else', async () => {
  for (const host of ['172.19.0.2:3000', '[fdaa::3]:3000']) {
    expect((await send('GET', '/api/health', { host })).status).toBe(200);
    expect((await send('GET', '/', { host })).status).toBe(403);
  }
});

test('checks Host and Origin at the WebSocket upgrade too', async () => {
  expect(await upgrade({ host: 'evil.example' })).toBe(403);
  expect(await upgrade({ origin: 'https://evil.example' })).toBe(403);
  expect(await upgrade({ origin: `http://localhost:${rig.app.port + 1}` })).toBe(403);
  expect(await upgrade({ origin: `http://127.0.0.1:${rig.app.port}` })).toBe(101);
});

test('answers programs with a JSON 404 and people with the dashboard', async () => {
  const html = { accept: 'text/html' };
  for (const target of ['/api/nothing', '/.well-known/oauth-authorization-server', '/metrics', '/assets/gone.js']) {
    const { status, type, text } = await send('GET', target, html);
    expect({ target, status, type: type.split(';')[0] }).toEqual({ target, status: 404, type: 'application/json' });
    expect(text).not.toContain('<');
  }
  for (const target of ['/', '/deployments/1', '/sign-in']) {
    expect(await send('GET', target, html)).toMatchObject({ status: 200, text: '<title>The dashboard</title>' });
  }
  expect((await send('GET', '/assets/app-abc123.js')).cache).toContain('immutable');
});

test('limits the sockets of one address', async () => {
  const sockets = Array.from(
    { length: 100 },
    () => new WebSocket(`ws://127.0.0.1:${rig.app.port}/graphql`, 'graphql-transport-ws'),
  );
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
  expect(await upgrade({})).toBe(429);
  await Promise.all(
    sockets.map((socket) => {
      socket.close();
      return new Promise((resolve) => socket.once('close', resolve));
    }),
  );
  await expect.poll(() => upgrade({})).toBe(101);
});
