import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { openBrowser } from './browser.testing.ts';

let rig: TestApp;
beforeAll(async () => {
  rig = await openTestApp();
});
afterAll(() => rig?.close());

const PAGES = ['/', '/sign-in', '/sign-in?token=x', '/deployments', '/api/health', '/graphql', '/api/nothing'];

test.each(PAGES)('%s lets run nothing but our own files, and stands in no frame', async (path) => {
  const { headers } = await fetch(`${rig.origin}${path}`, { headers: { accept: 'text/html' } });
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources];
    }),
  );
  expect(policy.get('default-src')).toEqual(["'none'"]);
  expect(policy.get('script-src')).toEqual(["'self'"]);
  expect(policy.get('style-src')).toEqual(["'self'"]);
  expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
  expect(policy.get('base-uri')).toEqual(["'none'"]);
  expect(policy.get('form-action')?.[0]).toBe("'self'");
  expect(
    [...policy.values()].flat().filter((source) => /unsafe|\*|^data:$/.test(source) && source !== 'data:'),
  ).toEqual([]);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('referrer-policy')).toMatch(/^(?:no-referrer|same-origin)$/);
  expect(headers.get('x-powered-by')).toBeNull();
});

test('the frame of MCP apps has an opaque origin, and stands in pages of this server alone', async () => {
  const { headers, status } = await fetch(`${rig.origin}/app-frame?connect=https://api.example.com`);
  const policy = headers.get('content-security-policy');
  expect(status).toBe(200);
  expect(policy).toContain('sandbox allow-scripts allow-forms;');
  expect(policy).toContain("frame-ancestors 'self'");
  expect(policy).toContain('connect-src https://api.example.com;');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const refused = await fetch(
    `${rig.origin}/app-frame?connect=${encodeURIComponent('https://a.example; script-src *')}`,
  );
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-security-policy')).not.toContain('a.example');
});

describe('GraphQL', () => {
  test('changes nothing by GET, which other sites can make a browser send', async () => {
    const { token } = await rig.addUser('getter');
    const query = encodeURIComponent('mutation { createApiToken(input: { name: "x" }) { __typename } }');
    const answer = await fetch(`${rig.origin}/graphql?query=${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.ok).toBe(false);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'query=mutation{endAllSessions{__typename}}'],
    ['text', 'text/plain', '{"query":"{ viewer { id } }"}'],
    [
      'an upload',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--',
    ],
  ])('does not read %s, which needs no leave of ours to be sent', async (_name, type, body) => {
    const browser = openBrowser(rig);
    await browser.useLink(rig.app.signInUrl ?? '').catch(() => {}); // it works once, for the first of these
    const answer = await browser.send('/graphql', { method: 'POST', headers: { 'content-type': type }, body });
    const text = await answer.text();
    expect(text).not.toContain('"data"');
  });

  test('reads bodies only so far', async () => {
    const body = JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(9 * 1024 * 1024) } });
    const answer = await fetch(`${rig.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(413);
  });

  test('reads documents only so far', async () => {
    const { errors } = await rig.ask(null, `{ ${'__typename '.repeat(5_000)} }`);
    expect(errors?.[0]?.message).toMatch(/token limit|too many tokens|Syntax Error/i);
  });
});

describe('a WebSocket', () => {
  const open = () => new WebSocket(`${rig.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));

  test('closes a socket that sends no connection_init', async () => {
    expect(await closed(open())).toBe(4408);
  });

  test('closes a socket that sends more than a message', async () => {
    const socket = open();
    socket.on('error', () => {}); // what was sent may not all arrive
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { text: 'x'.repeat(300 * 1024) } }));
    expect(await closed(socket)).toBe(1009);
  });

  test('closes a socket that subscribes before connection_init', async () => {
    const socket = open();
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(
      JSON.stringify({
        id: '1',
        type: 'subscribe',
        payload: { query: 'subscription { deploymentsChanged { status } }' },
      }),
    );
    expect(await closed(socket)).toBe(4401);
  });
});

test('no address of ours takes a secret but the sign-in link, which works once', async () => {
  const { token } = await rig.addUser('addressed');
  for (const name of ['access_token', 'token', 'authorization', 'api_key']) {
    const answer = await fetch(`${rig.origin}/graphql?${name}=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ viewer { id } }"}',
    });
    expect(await answer.json(), name).toEqual({ data: { viewer: null } });
    expect((await fetch(`${rig.origin}/api/audit.jsonl?${name}=${token}`)).status).toBe(401);
  }
});
