import { describe, expect, test } from 'vitest';
import { decideCandidate } from './choose-candidate.ts';
import type { Analysis, Candidate } from './operations/analysis.ts';

const candidate = (key: string, more: Partial<Candidate> = {}): Candidate => ({
  key,
  displayName: key,
  description: null,
  runtime: 'NPM',
  deployable: true,
  notDeployableReason: null,
  package: `@x/${key}`,
  version: '1.0.0',
  runCommand: `npx -y ${key}`,
  verified: true,
  verdict: 'MCP_SERVER',
  notes: null,
  arguments: [],
  credentials: [],
  monthlyCost: { alwaysOn: 0, withSleep: 0, currency: 'USD' },
  ...more,
});

const analysis = (...candidates: Candidate[]): Analysis => ({
  id: 'a',
  source: 'owner/repo',
  status: 'DONE',
  cached: false,
  candidates,
  trials: [],
  warnings: [],
  failure: null,
});

const library = candidate('library', { deployable: false, notDeployableReason: 'It is a library.' });

describe('the candidate', () => {
  test('is the only one that can be deployed', () => {
    const [a] = [candidate('a')];
    expect(decideCandidate(analysis(library, a), undefined)).toEqual({ kind: 'one', candidate: a });
  });

  test('is asked for when several can be', () => {
    expect(decideCandidate(analysis(candidate('a'), candidate('b')), undefined).kind).toBe('several');
  });

  test('is the named one, by its key or package', () => {
    const b = candidate('b');
    expect(decideCandidate(analysis(candidate('a'), b), 'b')).toEqual({ kind: 'one', candidate: b });
    expect(decideCandidate(analysis(candidate('a'), b), '@x/b')).toEqual({ kind: 'one', candidate: b });
  });

  test('reports an unknown candidate as wrong usage, and lists the candidates', () => {
    expect(() => decideCandidate(analysis(candidate('a'), candidate('b')), 'c')).toThrow(
      expect.objectContaining({ exitCode: 2, hint: 'Found: a, b' }),
    );
  });

  test('gives the reason of a candidate that cannot be deployed', () => {
    expect(() => decideCandidate(analysis(library), undefined)).toThrow(
      expect.objectContaining({ code: 'NOT_DEPLOYABLE', hint: 'It is a library.', exitCode: 1 }),
    );
    expect(() => decideCandidate(analysis(), undefined)).toThrow(
      expect.objectContaining({ code: 'NOT_AN_MCP_SERVER', exitCode: 1 }),
    );
  });
});
