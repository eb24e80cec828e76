import { describe, expect, it } from 'vitest';
import type { AnalysisResult, ServerCandidate } from '#server/domain/analysis/result.ts';
import { checkRegion, checkSize, checkSleep, chooseCandidate, nameFor, SLEEP_MINUTES_MAX } from './admission.ts';

const LIMITS = { defaults: { region: 'iad', memoryMb: 256 }, regions: ['iad', 'fra'], memorySizesMb: [256, 512] };

describe('checkSleep', () => {
  it('accepts 1 minute to 7 days, and null for no sleep', () => {
    expect(SLEEP_MINUTES_MAX).toBe(10_080);
    expect([1, 10_080].map(checkSleep)).toEqual([1, 10_080]);
    expect(checkSleep(null)).toBeNull();
    expect(checkSleep(undefined)).toBeNull();
  });

  it.each([0, -1, 10_081])('refuses %i minutes', (minutes) => {
    expect(() => checkSleep(minutes)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('checkRegion and checkSize', () => {
  const present = { memoryMb: 256, processor: 'shared-cpu-1x' };

  it('take the requested size, else the present one', () => {
    expect(checkSize(LIMITS, {}, present)).toEqual(present);
    expect(checkSize(LIMITS, { memoryMb: 512 }, present)).toEqual({ ...present, memoryMb: 512 });
    expect(checkRegion(LIMITS, 'fra')).toBe('fra');
  });

  it('raise the memory with the processor, unless the memory was chosen', () => {
    const size = { memoryMb: 512, processor: 'shared-cpu-2x' };
    expect(checkSize(LIMITS, { processor: 'shared-cpu-2x' }, present)).toEqual(size);
    const refusal = { code: 'INVALID_INPUT', message: 'A machine with shared-cpu-2x has 512 to 4096 MB.' };
    expect(() => checkSize(LIMITS, { processor: 'shared-cpu-2x', memoryMb: 256 }, present)).toThrow(
      expect.objectContaining(refusal),
    );
    expect(() => checkSize(LIMITS, { memoryMb: 256 }, size)).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    [() => checkRegion(LIMITS, 'mars'), 'region', 'Regions: iad, fra.'],
    [() => checkSize(LIMITS, { memoryMb: 300 }, present), 'memoryMb', 'Sizes in MB: 256, 512.'],
    [
      () => checkSize(LIMITS, { processor: 'abacus' }, present),
      'processor',
      expect.stringContaining('shared-cpu-1x, '),
    ],
  ])('refuse what does not exist and name the choices', (check, field, hint) => {
    const refusal = { code: 'INVALID_INPUT', hint, fields: [expect.objectContaining({ field })] };
    expect(check).toThrow(expect.objectContaining(refusal));
  });
});

describe('nameFor', () => {
  it('keeps one line of at most 80 characters', () => {
    expect(nameFor('  my \n  server ')).toBe('my server');
    expect(nameFor('x'.repeat(81))).toHaveLength(80);
  });

  it('refuses an empty name', () => {
    expect(() => nameFor(' \n ')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('chooseCandidate', () => {
  const candidate = (over: Partial<ServerCandidate>): ServerCandidate => ({
    key: 'c1',
    displayName: 'server',
    description: null,
    runtime: 'npm',
    deployable: true,
    notDeployableReason: null,
    package: 'server',
    version: '1.0.0',
    integrity: null,
    subfolder: null,
    runCommand: 'npx -y server',
    arguments: [],
    credentials: [],
    verified: true,
    verdict: 'MCP_SERVER',
    tools: [],
    notes: null,
    spec: { runtime: 'npm', name: 'server', version: '1.0.0' },
    fixedArguments: [],
    ...over,
  });
  const choose = (result: Partial<AnalysisResult>, input: { candidate?: string; acceptUnverified?: boolean } = {}) =>
    chooseCandidate({ candidates: [], warnings: [], ...result }, { acceptUnverified: false, ...input }).key;
  const refusal = (code: string) => expect.objectContaining({ code });
  const library = candidate({ key: 'library', deployable: false, notDeployableReason: 'It is a library.' });

  it('takes the named candidate, else the first deployable one', () => {
    const candidates = [library, candidate({}), candidate({ key: 'c2' })];
    expect(choose({ candidates })).toBe('c1');
    expect(choose({ candidates }, { candidate: 'c2' })).toBe('c2');
  });

  it('refuses a missing candidate and one that cannot be deployed', () => {
    expect(() => choose({})).toThrow(refusal('NOT_FOUND'));
    expect(() => choose({ candidates: [candidate({})] }, { candidate: 'other' })).toThrow(refusal('NOT_FOUND'));
    expect(() => choose({ candidates: [library] })).toThrow('It is a library.');
    expect(() => choose({ candidates: [candidate({ spec: null })] })).toThrow(refusal('NOT_DEPLOYABLE'));
  });

  it('refuses an unverified candidate until it is accepted', () => {
    const candidates = [candidate({ verified: false })];
    expect(() => choose({ candidates })).toThrow(refusal('UNVERIFIED_PACKAGE'));
    expect(choose({ candidates }, { acceptUnverified: true })).toBe('c1');
  });

  it.each([
    ['of the whole analysis', 'CONFIRM', undefined, true],
    ['of this candidate', 'CONFIRM', 'c1', true],
    ['of another candidate', 'CONFIRM', 'c2', false],
    ['without a confirmation', 'NOTE', 'c1', false],
  ] as const)('with a warning %s needs a confirmation: %4$s', (_name, weight, candidateKey, isRefused) => {
    const warning = { weight, message: 'Look closer.', ...(candidateKey === undefined ? {} : { candidateKey }) };
    const result = { candidates: [candidate({})], warnings: [warning] } as Partial<AnalysisResult>; // the rest is not read
    if (isRefused) expect(() => choose(result)).toThrow('Look closer.');
    else expect(choose(result)).toBe('c1');
  });
});
