import { expect, test } from 'vitest';
import { remoteCandidate, transportOf } from './remote-candidate.ts';

const candidateOf = (more: Partial<Parameters<typeof remoteCandidate>[0]>) =>
  remoteCandidate({
    name: 'far',
    url: 'https://far.example/mcp',
    description: null,
    type: 'streamable-http',
    headers: [],
    evidence: 'REGISTRY',
    ...more,
  }).candidate;

test('makes a field of each header that the entry of a registry names', () => {
  const headers = [
    { name: 'X-API-Key', description: 'The key.', isRequired: true, isSecret: true },
    { name: 'X-Region', description: null, isRequired: false, isSecret: false },
    { name: 'Host', description: null, isRequired: false, isSecret: false },
    { name: 'Mcp-Session-Id', description: null, isRequired: false, isSecret: false },
  ];
  const { credentials, spec } = candidateOf({ headers });
  expect(credentials.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['X_API_KEY', 'SECRET', true],
    ['X_REGION', 'TEXT', false],
  ]);
  expect(spec).toMatchObject({
    headers: [
      { name: 'X-API-Key', variable: 'X_API_KEY' },
      { name: 'X-Region', variable: 'X_REGION' },
    ],
  });
});

test('offers the Authorization header where nothing is named, and leaves out the query of the address', () => {
  const { credentials, spec, deployable } = candidateOf({ url: 'https://far.example/mcp?key=secret' });
  expect(deployable).toBe(true);
  expect(credentials).toMatchObject([{ name: 'AUTHORIZATION', kind: 'SECRET', required: false }]);
  expect(spec).toMatchObject({ url: 'https://far.example/mcp' });
});

test.each([
  ['https://far.example/{tenant}/mcp', 'streamable-http', 'gaps'],
  ['https://far.example/sse', transportOf('https://far.example/sse'), 'HTTP+SSE'],
])('refuses %s with the reason', (url, type, reason) => {
  expect(candidateOf({ url, type })).toMatchObject({
    deployable: false,
    spec: null,
    notDeployableReason: expect.stringContaining(reason),
  });
});
