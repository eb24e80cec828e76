import { describe, expect, test } from 'vitest';
import {
  createClientDocuments,
  DocumentUnreachableError,
  isDocumentAddress,
  readDocument,
} from './client-documents.ts';
import { OAuthError } from './errors.ts';

const ID = 'https://client.example/id.json';
const DOCUMENT = { client_id: ID, client_name: 'Client', redirect_uris: ['https://client.example/cb'] };

function open(answer: () => Response | Error = () => Response.json(DOCUMENT)) {
  let nowMs = 1_000_000;
  const fetched: string[] = [];
  const documents = createClientDocuments({
    fetch: async (url) => {
      fetched.push(url);
      const given = answer();
      if (given instanceof Error) throw given;
      return given;
    },
    nowMs: () => nowMs,
  });
  return { ...documents, fetched, pass: (ms: number) => (nowMs += ms) };
}

test('reads the client that a document describes', async () => {
  const document = {
    ...DOCUMENT,
    client_uri: 'https://client.example',
    redirect_uris: [...DOCUMENT.redirect_uris, 'javascript:1'],
  };
  expect(await open(() => Response.json(document)).read(ID)).toEqual({
    id: ID,
    source: 'DOCUMENT',
    name: 'Client',
    uri: 'https://client.example',
    redirectUris: DOCUMENT.redirect_uris,
    authMethods: ['none'],
    jwksUri: null,
    secretHash: null,
    machine: null,
  });
});

test('names a client without a name by its host', async () => {
  const { client_name: _, ...nameless } = DOCUMENT;
  expect(await open(() => Response.json(nameless)).read(ID)).toMatchObject({ name: 'client.example', uri: null });
});

test.each([
  [{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://client.example/k' }, ['private_key_jwt']],
  [
    {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'unknown'],
    },
    ['none', 'private_key_jwt'],
  ],
])('takes of %j the methods %j', async (values, authMethods) => {
  expect(await open(() => Response.json({ ...DOCUMENT, ...values })).read(ID)).toMatchObject({ authMethods });
});

const longAddress = (length: number) => 'https://client.example/'.padEnd(length, 'x');

test.each<[string, number, (length: number) => object]>([
  ['name', 500, (length) => ({ client_name: 'x'.repeat(length) })],
  ['website', 2_000, (length) => ({ client_uri: longAddress(length) })],
  ['redirect address', 2_000, (length) => ({ redirect_uris: [longAddress(length)] })],
  ['key address', 2_000, (length) => ({ jwks_uri: longAddress(length) })],
])('takes a %s of up to %i characters', async (_what, longest, values) => {
  const reading = (length: number) => open(() => Response.json({ ...DOCUMENT, ...values(length) })).read(ID);
  expect(await reading(longest)).toMatchObject({ id: ID });
  await expect(reading(longest + 1)).rejects.toThrow(/see /);
});

test.each<[string, () => Response | Error, RegExp, boolean]>([
  ['status 404', () => new Response('', { status: 404 }), /answered 404/, true],
  ['status 201', () => Response.json(DOCUMENT, { status: 201 }), /answered 201/, true],
  ['no answer', () => new Error('refused'), /could not be fetched/, true],
  ['a page', () => new Response('<!doctype html>'), /not JSON/, false],
  ['more than 64 kB', () => new Response(`"${'x'.repeat(65_536)}"`), /too large/, false],
  ['a list', () => Response.json([]), /see its type/, false],
  ['no redirect address', () => Response.json({ ...DOCUMENT, redirect_uris: [] }), /see redirect_uris/, false],
  [
    '51 redirect addresses',
    () => Response.json({ ...DOCUMENT, redirect_uris: Array(51).fill('https://a.example') }),
    /see redirect_uris/,
    false,
  ],
  ['another address as its id', () => Response.json({ ...DOCUMENT, client_id: `${ID}x` }), /its own address/, false],
  [
    'forbidden addresses only',
    () => Response.json({ ...DOCUMENT, redirect_uris: ['http://a.example'] }),
    /allowed/,
    false,
  ],
  [
    'a shared secret',
    () => Response.json({ ...DOCUMENT, token_endpoint_auth_method: 'client_secret_basic' }),
    /prove itself/,
    false,
  ],
  ['no keys', () => Response.json({ ...DOCUMENT, token_endpoint_auth_method: 'private_key_jwt' }), /jwks_uri/, false],
])('refuses a document with %s', async (_what, answer, message, isUnreachable) => {
  const error: unknown = await open(answer)
    .read(ID)
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(OAuthError);
  expect(error).toMatchObject({ code: 'invalid_client', message: expect.stringMatching(message) });
  expect(error instanceof DocumentUnreachableError).toBe(isUnreachable);
});

describe('fetches a document', () => {
  const MINUTE_MS = 60_000;
  test.each<[string | null, number]>([
    [null, 10 * MINUTE_MS],
    ['public', 10 * MINUTE_MS],
    ['max-age=300', 5 * MINUTE_MS],
    ['public, max-age=1', 30_000],
    ['max-age=99999999', 24 * 60 * MINUTE_MS],
    ['no-store', 30_000],
    ['No-Cache, max-age=300', 30_000],
  ])('with the cache control %j again after %i ms', async (cacheControl, freshMs) => {
    const headers = cacheControl === null ? {} : { 'cache-control': cacheControl };
    const { read, fetched, pass } = open(() => Response.json(DOCUMENT, { headers }));
    await Promise.all([read(ID), read(ID)]);
    pass(freshMs - 1);
    await read(ID);
    expect(fetched).toHaveLength(1);
    pass(1);
    await read(ID);
    expect(fetched).toHaveLength(2);
  });

  test('that failed again after 30 seconds', async () => {
    const { read, fetched, pass } = open(() => new Error('refused'));
    await expect(read(ID)).rejects.toThrow();
    pass(29_999);
    await expect(read(ID)).rejects.toThrow();
    expect(fetched).toHaveLength(1);
    pass(1);
    await expect(read(ID)).rejects.toThrow();
    expect(fetched).toHaveLength(2);
  });

  test('again when a thousand newer ones were read', async () => {
    const { read, fetched } = open(() => new Error('refused'));
    const readAll = (ids: number[]) => Promise.allSettled(ids.map((id) => read(`https://c.example/${id}`)));
    await readAll([...Array(1_000).keys()]);
    await readAll([0, 999]);
    expect(fetched).toHaveLength(1_000);
    await readAll([1_000]);
    await readAll([1, 999]);
    expect(fetched).toHaveLength(1_001);
    await readAll([0]);
    expect(fetched).toHaveLength(1_002);
  });
});

test.each([
  [ID, true],
  ['https://client.example/id.json?v=1', true],
  ['http://client.example/id.json', true],
  ['https://client.example/', false],
  ['https://client.example', false],
  ['https://CLIENT.example/id.json', false],
  ['https://client.example/id.json#', false],
  ['https://user@client.example/id.json', false],
  ['https://:pass@client.example/id.json', false],
  ['ftp://client.example/id.json', false],
  ['https://', false],
  ['abc', false],
])('%s is the address of a document: %s', (clientId, expected) => {
  expect(isDocumentAddress(clientId)).toBe(expected);
});

test('reads a text up to its limit', async () => {
  expect(await readDocument(new Response('abc'), 3)).toBe('abc');
  expect(await readDocument(new Response(null), 3)).toBe('');
  await expect(readDocument(new Response('abcd'), 3)).rejects.toThrow(OAuthError);
});
