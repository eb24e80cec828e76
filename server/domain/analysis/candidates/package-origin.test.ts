import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { provenanceIn } from '../registries/provenance.ts';
import { leadsBackTo, originFindings } from './package-origin.ts';

const claims = (repository: string | null, builtFrom: string | null = null, mcpName: string | null = null) => ({
  repository,
  builtFrom,
  mcpName,
});

test.each([
  ['its manifest says so', claims('git+https://github.com/O/r.git'), true],
  ['another repository', claims('https://github.com/x/r'), false],
  ['the attestation outweighs the manifest', claims('https://github.com/o/r', 'https://github.com/evil/r'), false],
  ['the attestation alone', claims(null, 'https://github.com/o/r'), true],
  ['the MCP name of the owner, where no repository is named', claims(null, null, 'io.github.o/weather'), true],
  ['the MCP name does not outweigh the repository', claims('https://github.com/x/r', null, 'io.github.o/w'), false],
  ['nothing', claims(null), false],
])('a package leads back to o/r: %s', (_, given, expected) => expect(leadsBackTo('o/r', given)).toBe(expected));

test('reports claims that contradict each other, and adds a sentence for an attestation that agrees', () => {
  expect(originFindings('p', claims('github:o/r', 'https://github.com/x/y'), 'k').warnings).toMatchObject([
    { code: 'PROVENANCE_ELSEWHERE', weight: 'CONFIRM', message: expect.stringContaining('x/y'), candidateKey: 'k' },
  ]);
  expect(originFindings('p', claims('github:o/r', null, 'io.github.x/p'), 'k').warnings).toMatchObject([
    { code: 'MCP_NAME_ELSEWHERE', weight: 'CAUTION' },
  ]);
  expect(originFindings('p', claims('github:o/r', 'https://github.com/o/r', 'io.github.o/p'), 'k')).toEqual({
    warnings: [],
    note: 'npm attests that it was built from o/r.',
  });
});

describe('a provenance attestation', () => {
  const bytes = Buffer.from('tarball');
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const digest = { sha512: createHash('sha512').update(bytes).digest('hex') };
  const answer = (predicateType: string, predicate: unknown, subject: unknown = [{ digest }]) => ({
    attestations: [
      {
        predicateType: 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1',
        bundle: { dsseEnvelope: { payload: '' } },
      },
      {
        predicateType,
        bundle: {
          dsseEnvelope: { payload: Buffer.from(JSON.stringify({ subject, predicate })).toString('base64') },
        },
      },
    ],
  });
  const workflow = { buildDefinition: { externalParameters: { workflow: { repository: 'https://github.com/o/r' } } } };

  test.each([
    ['v1', answer('https://slsa.dev/provenance/v1', workflow), 'https://github.com/o/r'],
    [
      'v0.2',
      answer('https://slsa.dev/provenance/v0.2', {
        invocation: { configSource: { uri: 'git+https://github.com/o/r@refs/heads/main' } },
      }),
      'https://github.com/o/r',
    ],
    ['of other bytes', answer('https://slsa.dev/provenance/v1', workflow, [{ digest: { sha512: 'ab' } }]), null],
    ['that is none', { attestations: 'x' }, null],
    [
      'in a broken envelope',
      {
        attestations: [{ predicateType: 'https://slsa.dev/provenance/v1', bundle: { dsseEnvelope: { payload: '!' } } }],
      },
      null,
    ],
  ])('%s', (_, given, expected) => expect(provenanceIn(given, integrity)).toBe(expected));

  test('proves nothing without a checksum of the package', () => {
    expect(provenanceIn(answer('https://slsa.dev/provenance/v1', workflow), null)).toBeNull();
  });
});
