import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../../compose/app.testing.ts';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

let rig: TestApp;
let token: string;
beforeAll(async () => {
  rig = await openTestApp();
  ({ token } = await rig.addUser('ann'));
});
afterAll(() => rig?.close());

type Init = RequestInit & { duplex?: 'half' };
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}, more: Init = {}) =>
  fetch(`${rig.origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: rig.origin, ...headers },
    body,
    ...more,
  });
const signedIn = () => ({ authorization: `Bearer ${token}` });
const viewerOfSize = (bytes: number) =>
  JSON.stringify({ query: '{ viewer { name } }', extensions: { padding: 'x'.repeat(bytes) } });
/** Sent in chunks: its length is not announced. */
const chunked = (text: string): [BodyInit, Init] => [
  new Blob([text]).stream(),
  { duplex: 'half' }, // what fetch wants for streams
];

describe('a GraphQL body', () => {
  test('accepts 64 kB from a signed-out caller', async () => {
    expect((await post('/graphql', viewerOfSize(60 * KILOBYTE))).status).toBe(200);
    for (const headers of [{}, { authorization: 'Bearer cw_made-up' }]) {
      const answer = await post('/graphql', viewerOfSize(70 * KILOBYTE), headers);
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({
        error: { code: 'LIMIT_REACHED', hint: expect.stringContaining('Sign in') },
      });
    }
  });

  test('without an announced length has the same bound', async () => {
    const [small, init] = chunked(viewerOfSize(KILOBYTE));
    expect((await post('/graphql', small, {}, init)).status).toBe(200);
    const [large] = chunked(viewerOfSize(70 * KILOBYTE));
    expect((await post('/graphql', large, {}, init)).status).toBe(413);
  });

  test('accepts 8 MB from a signed-in caller', async () => {
    const answer = await post('/graphql', viewerOfSize(7 * MEGABYTE), signedIn());
    expect(await answer.json()).toEqual({ data: { viewer: { name: 'ann' } } });
    const [stream, init] = chunked(viewerOfSize(MEGABYTE));
    expect((await post('/graphql', stream, signedIn(), init)).status).toBe(200);
    expect((await post('/graphql', viewerOfSize(9 * MEGABYTE), signedIn())).status).toBe(413);
  });

  test.each([
    ['nests deep', `{"query":"{ viewer { name } }","variables":{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}}`],
    ['has many values', `{"query":"{ viewer { name } }","variables":{"a":[${'{},'.repeat(100_000)}{}]}}`],
  ])('that %s is not parsed', async (_what, body) => {
    const answer = await post('/graphql', body, signedIn());
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_REACHED' } }] });
  });

  test.each(['5', '"text"', '{}', '[]', 'null', '{', ''])('of %j is refused and not waited for', async (body) => {
    const answer = await post('/graphql', body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });

  test('is refused compressed: what comes out may be much larger', async () => {
    const body = new Uint8Array(gzipSync(viewerOfSize(KILOBYTE)));
    expect((await post('/graphql', body, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test('with a document that repeats a field hundreds of times is refused before it is validated', async () => {
    const answer = await rig.ask(null, `{ ${'viewer { id } '.repeat(900)} }`);
    expect(answer.errors?.[0]?.extensions?.code).toBe('LIMIT_REACHED');
  });

  test('with a document of more than 100,000 characters is refused', async () => {
    const answer = await rig.ask(token, `{ viewer { name } } #${'x'.repeat(100_000)}`);
    expect(answer.errors?.[0]?.extensions?.code).toBe('LIMIT_REACHED');
  });
});

const FORM = 'application/x-www-form-urlencoded';
test.each([
  ['/api/auth/sign-in/email', 'application/json', 20 * KILOBYTE],
  ['/api/auth/sign-up/email', 'application/json', MEGABYTE],
  ['/api/auth/no-such-path', 'text/plain', 20 * KILOBYTE],
  ['/api/device/code', FORM, 10 * KILOBYTE],
  ['/sign-in', FORM, 10 * KILOBYTE],
  ['/oauth/00000000-0000-4000-8000-000000000000/token', FORM, 100 * KILOBYTE],
])('%s does not read a body of %s with %d bytes, announced or not', async (path, type, bytes) => {
  const text = `name=${'x'.repeat(bytes)}`;
  expect((await post(path, text, { 'content-type': type })).status).toBe(413);
  const [stream, init] = chunked(text);
  expect((await post(path, stream, { 'content-type': type }, init)).ok).toBe(false);
});

test('sign-in still reads an ordinary body', async () => {
  const answer = await post('/api/auth/sign-in/link', '{"token":"wrong"}');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'invalid' });
});
