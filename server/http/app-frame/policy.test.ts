import { expect, test } from 'vitest';
import { appFramePolicy, readOrigins } from './policy.ts';

test.each([
  ['https://api.example.com'],
  ['https://*.example.com'],
  ['wss://live.example.com:8443'],
  ['https://xn--bcher-kva.example'],
])('accepts %s', (origin) => {
  expect(readOrigins(origin)).toEqual([origin]);
});

test.each([
  ['http://example.com'],
  ['https://localhost'],
  ['https://127.0.0.1'],
  ['https://10.0.0.1:8080'],
  ['https://[::1]'],
  ['https://example.com/path'],
  ['https://user@example.com'],
  ["https://example.com; script-src 'unsafe-eval'"],
  ['https://example.com https://other.example'],
  ['https://*'],
  ['*'],
  ['data:'],
  ["'self'"],
  ['https://-a.example.com'],
  [`https://${'a'.repeat(200)}.example`],
])('refuses %s', (origin) => {
  expect(readOrigins(['https://api.example.com', origin])).toBeNull();
});

test('refuses more than 30 origins', () => {
  const origins = (count: number) => Array.from({ length: count }, (_, index) => `https://a${index}.example`);
  expect(readOrigins(origins(30))).toHaveLength(30);
  expect(readOrigins(origins(31))).toBeNull();
});

test('an app that declares nothing connects to nothing and has an opaque origin', () => {
  const policy = appFramePolicy({ connect: [], resource: [] });
  expect(policy).toContain('sandbox allow-scripts allow-forms;');
  expect(policy).not.toContain('allow-same-origin');
  expect(policy).toContain("connect-src 'none'");
  expect(policy).toContain("frame-src 'none'");
  expect(policy).not.toContain('https:');
});

test('origins for requests and for files stand where they were declared', () => {
  const policy = appFramePolicy({ connect: ['https://api.example.com'], resource: ['https://cdn.example.com'] });
  expect(policy).toContain('connect-src https://api.example.com;');
  expect(policy).toContain("script-src 'unsafe-inline' blob: https://cdn.example.com;");
  expect(policy).toContain('img-src data: blob: https://cdn.example.com;');
});
