import { describe, expect, it } from 'vitest';
import type { HostStatus } from '#deploy/host/contract.ts';
import { isOverdue, PHASE_MS_MAX } from './decision.ts';
import { failureOf } from './failures.ts';
import { deployment, host as hostStatus, NOW, release } from './rows.testing.ts';
import { throttledNote } from './throttling.ts';

const onFly = { processor: 'shared-cpu-1x', region: 'iad' };
const throttled = { wallMs: 62_500, heldBackMs: 55_000 };

describe('the note about a throttled processor', () => {
  it('tells how long the processor was withheld, and which one sustains more', () => {
    expect(throttledNote(throttled, 'while the package was installed', onFly)).toBe(
      ' The processor was throttled for 55 of 63 s while the package was installed: shared-cpu-1x sustains 6 % of a core.' +
        ' shared-cpu-2x sustains 2 times as much.',
    );
  });

  it.each([
    ['nothing was measured', null, onFly],
    ['it was short', { wallMs: 5_000, heldBackMs: 4_900 }, onFly],
    ['it was a small part', { wallMs: 100_000, heldBackMs: 10_000 }, onFly],
    ['nothing limits the processor', throttled, { ...onFly, region: 'local' }],
  ])('is empty if %s', (_case, heldBack, where) => {
    expect(throttledNote(heldBack, 'while the server started', where)).toBe('');
  });
});

describe('a failure of a throttled machine', () => {
  const host: HostStatus = { ...hostStatus('FAILED'), heldBack: { install: throttled, start: null } };
  const failure = (code: 'INSTALL_FAILED' | 'PACKAGE_NOT_FOUND', processor = 'shared-cpu-1x') =>
    failureOf(code, null, null, NOW, { release: { ...release(), ...onFly, processor }, host });

  it('proposes a faster processor', () => {
    expect(failure('INSTALL_FAILED')).toMatchObject({
      proposal: { processor: 'shared-cpu-2x' },
      hint: expect.stringContaining('Choose shared-cpu-2x.'),
    });
  });

  it('proposes none where slowness is not the cause, or where there is none', () => {
    expect(failure('PACKAGE_NOT_FOUND').proposal).toBeUndefined();
    expect(failure('INSTALL_FAILED', 'performance-1x').proposal).toBeUndefined();
  });
});

describe('the time limits of phases', () => {
  const at = (phase: 'INSTALLING' | 'STARTING_MACHINE', factor: number) => ({
    ...deployment(),
    phase,
    phaseSince: new Date(NOW.getTime() - PHASE_MS_MAX[phase] * factor),
  });

  it('are four times as long on the smallest processor while the processor decides', () => {
    expect(isOverdue(at('INSTALLING', 3.9), onFly, NOW)).toBe(false);
    expect(isOverdue(at('INSTALLING', 4.1), onFly, NOW)).toBe(true);
    expect(isOverdue(at('INSTALLING', 1.1), { ...onFly, processor: 'performance-1x' }, NOW)).toBe(true);
    expect(isOverdue(at('STARTING_MACHINE', 1.1), onFly, NOW)).toBe(true);
  });

  it('stay as they are on this computer', () => {
    expect(isOverdue(at('INSTALLING', 1.1), { ...onFly, region: 'local' }, NOW)).toBe(true);
  });
});
