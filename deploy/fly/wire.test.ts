import { expect, test } from 'vitest';
import { exitEventOf, isCrashLoop, machineSchema } from './wire.ts';

const exit = (request: unknown) => ({ type: 'exit', status: 'stopped', source: 'flyd', timestamp: 2, request });
const machine = (extra: object = {}) => machineSchema.parse({ id: '148ed127c12d38', state: 'started', ...extra });

test('reads the monitor’s exit event before the plain one', () => {
  const request = {
    MonitorEvent: { exit_event: { exit_code: 137, oom_killed: true, requested_stop: false, restarting: true } },
    exit_event: { exit_code: 0, oom_killed: false },
    restart_count: 2,
  };
  const found = exitEventOf(machine({ events: [exit(request)] }));
  expect(found).toMatchObject({
    exitCode: 137,
    oomKilled: true,
    requestedStop: false,
    restarting: true,
    restartCount: 2,
  });
  expect(found && isCrashLoop(found)).toBe(true);
});

test('the newest exit counts, and events without a request say nothing', () => {
  const events = [
    { type: 'start', status: 'started', source: 'flyd', timestamp: 4, request: null },
    { type: 'launch', status: 'created' },
    exit({ exit_event: { exit_code: 1, requested_stop: true, exited_at: '2026-01-01T00:00:00Z' } }),
    exit({ exit_event: { exit_code: 2 } }),
  ];
  expect(exitEventOf(machine({ events }))).toMatchObject({ exitCode: 1, requestedStop: true });
  expect(exitEventOf(machine({ events: [exit(null), exit('odd')] }))).toBeNull();
  expect(exitEventOf(machine())).toBeNull();
});

test('a requested exit does not count as a crash loop', () => {
  const base = {
    exitCode: 1,
    oomKilled: false,
    requestedStop: false,
    restarting: true,
    exitedAt: null,
    restartCount: 3,
  };
  expect(isCrashLoop(base)).toBe(true);
  expect(isCrashLoop({ ...base, requestedStop: true })).toBe(false);
  expect(isCrashLoop({ ...base, exitCode: 0 })).toBe(false);
  expect(isCrashLoop({ ...base, restarting: false })).toBe(false);
});

test('keeps no secret of a configuration', () => {
  const config = {
    env: { API_KEY: 'hunter2' },
    files: [{ guest_path: '/etc/catwalk/host.json', raw_value: 'aHVudGVyMg==' }],
    metadata: { catwalk_release: 'r1' },
    guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 512 },
  };
  const parsed = machine({ config });
  expect(parsed.config?.metadata).toEqual({ catwalk_release: 'r1' });
  expect(parsed.config?.guest.memoryMb).toBe(512);
  expect(JSON.stringify(parsed)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('a state that Fly invents later is unknown rather than an error', () => {
  expect(machine({ state: 'levitating' }).state).toBe('unknown');
});

test('a summary has no configuration, events or checks', () => {
  expect(machine()).toMatchObject({ config: null, events: [], checks: [], hostStatus: 'ok', localPort: null });
});

test.each(['creating', 'migrating'] as const)('the state %s is known', (state) => {
  expect(machine({ state }).state).toBe(state);
});
