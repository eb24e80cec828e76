import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';

let rig: TestApp;
let host: string;
beforeAll(async () => {
  rig = await openTestApp();
  host = `127.0.0.1:${rig.app.port}`;
});
afterAll(() => rig?.close());

/** Sends a request as it is written and returns the whole answer. */
async function send(lines: string[], body = ''): Promise<string> {
  const socket = connect(rig.app.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  await once(socket, 'close');
  return answer;
}

test('answers a request that offers an upgrade to h2c as if it did not', async () => {
  const offer = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'];
  expect(
    await send(['GET /api/health HTTP/1.1', `Host: ${host}`, ...offer, 'Connection: Upgrade, HTTP2-Settings']),
  ).toMatch(/^HTTP\/1\.1 200 /);
});

test('accepts the absolute form of a target', async () => {
  expect(await send([`GET http://${host}/api/health?x=1 HTTP/1.1`, `Host: ${host}`])).toMatch(/^HTTP\/1\.1 200 /);
  const endpoint = '/api/mcp/00000000-0000-4000-8000-000000000000';
  const answer = await send([`GET http://${host}${endpoint} HTTP/1.1`, `Host: ${host}`]);
  expect(answer).toContain('There is no MCP server at this address');
});

test('does not take a target that names another authority for one of its own', async () => {
  expect(await send(['GET http://evil.example/api/health HTTP/1.1', `Host: ${host}`])).not.toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['/api/health', '/api/mcp/00000000-0000-4000-8000-000000000000'])(
  'refuses two Host headers at %s',
  async (path) => {
    for (const hosts of [
      [host, 'evil.example'],
      ['evil.example', host],
      [host, host],
    ]) {
      const answer = await send([`GET ${path} HTTP/1.1`, ...hosts.map((one) => `Host: ${one}`)]);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    }
  },
);

test('takes a page of this address with another scheme for one of another origin', async () => {
  const statusFrom = async (origin: string) =>
    (await send(['GET /api/health HTTP/1.1', `Host: ${host}`, `Origin: ${origin}`])).slice(9, 12);
  expect(await statusFrom(`http://${host}`)).toBe('200');
  expect(await statusFrom(`https://${host}`)).toBe('403');
  expect(await statusFrom(`ftp://${host}`)).toBe('403');
});

test.each(['/.well-known/oauth-authorization-server', '/.well-known/nothing', '/oauth/nothing', '/oauth/a/b/c'])(
  'answers %s, where nothing listens, in the shape of OAuth',
  async (path) => {
    const answer = await fetch(`${rig.origin}${path}`, { headers: { accept: 'application/json' } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'not_found', error_description: 'Nothing is here.' });
  },
);

test('challenges a caller of the audit export who is not signed in', async () => {
  const answer = await fetch(`${rig.origin}/api/audit.jsonl`);
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Catwalk"']);
});
