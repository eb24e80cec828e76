import { describe, expect, test } from 'vitest';
import { corsHeaders, createOriginPolicy, preflightHeaders } from './origin-policy.ts';

const policy = createOriginPolicy({
  hosts: ['Catwalk.example', '127.0.0.1'],
  origins: ['https://app.example'],
  loopbackOrigins: true,
});

describe('hosts', () => {
  test.each(['catwalk.example', 'CATWALK.EXAMPLE', 'catwalk.example:8443', '127.0.0.1:3000'])('allows %s', (host) => {
    expect(policy.isAllowedHost(host)).toBe(true);
    expect(policy.isAllowedHost(host)).toBe(true);
  });

  test.each([
    null,
    '',
    'evil.example',
    'localhost',
    'catwalk.example.evil.example',
    'catwalk.example/path',
    'user@catwalk.example',
    'catwalk.example?query',
    'catwalk.example#hash',
  ])('refuses %s', (host) => {
    expect(policy.isAllowedHost(host)).toBe(false);
    expect(policy.isAllowedHost(host)).toBe(false);
  });

  test('allows every well-formed name where a proxy checks them', () => {
    const behindProxy = createOriginPolicy({ hosts: null, origins: [], loopbackOrigins: false });
    expect(behindProxy.isAllowedHost('any.example')).toBe(true);
    expect(behindProxy.isAllowedHost('any.example/path')).toBe(false);
    expect(behindProxy.isAllowedHost(null)).toBe(false);
  });

  test('decides alike after thousands of other names', () => {
    for (let i = 0; i < 2_500; i += 1) expect(policy.isAllowedHost(`h${i}.example`)).toBe(false);
    expect(policy.isAllowedHost('catwalk.example')).toBe(true);
  });
});

describe('origins', () => {
  test.each(['https://app.example', 'http://localhost:6274', 'http://127.0.0.1', 'http://[::1]:1'])(
    'allows %s',
    (one) => expect(policy.isAllowedOrigin(one)).toBe(true),
  );

  test.each([
    'http://app.example',
    'https://app.example:444',
    'https://localhost.evil.example',
    'http://localhost/path',
    'null',
    '',
  ])('refuses %s', (one) => expect(policy.isAllowedOrigin(one)).toBe(false));

  test('refuses pages of this computer unless they are allowed, and allows all with *', () => {
    const strict = createOriginPolicy({ hosts: null, origins: [], loopbackOrigins: false });
    expect(strict.isAllowedOrigin('http://localhost:6274')).toBe(false);
    const open = createOriginPolicy({ hosts: null, origins: ['*'], loopbackOrigins: false });
    expect(open.isAllowedOrigin('https://any.example')).toBe(true);
  });
});

const pairs = (headers: readonly string[]) =>
  Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : [])));

test('lets the page of one origin read the session id, the challenge and the time to come back', () => {
  const headers = pairs(corsHeaders('https://app.example'));
  expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example', vary: 'Origin' });
  expect(headers['access-control-expose-headers']).toMatch(/Mcp-Session-Id.*WWW-Authenticate.*Retry-After/);
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
});

test('a preflight allows the requested headers, or those of MCP', () => {
  expect(pairs(preflightHeaders('x-a, x-b', false))).toEqual({
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    'access-control-allow-headers': 'x-a, x-b',
    'access-control-max-age': '7200',
  });
  expect(pairs(preflightHeaders(undefined, true))).toMatchObject({
    'access-control-allow-headers': expect.stringContaining('Mcp-Session-Id'),
    'access-control-allow-private-network': 'true',
  });
});
