import type { FaultRule } from '#deploy/local/faults.ts';

/** Random numbers that follow from a seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (limit: number): number => Math.floor(next() * limit),
    chance: (probability: number): boolean => next() < probability,
    pick: <T>(items: readonly [T, ...T[]]): T => items[Math.floor(next() * items.length)] ?? items[0],
  };
}
export type Random = ReturnType<typeof createRandom>;

export type Intent =
  | 'stop'
  | 'start'
  | 'restart'
  | 'redeploy'
  | 'rollback'
  | 'delete'
  | 'wake'
  | 'use-sleep'
  /** A client opens a session and a stream that only listens; clients make a call each. */
  | 'connect'
  | 'call'
  | 'crash-machine'
  | 'lose-machine'
  | 'cut-off'
  | 'stall-machine'
  /** The machine's processor is throttled, as one on Fly whose burst is used up. */
  | 'throttle-machine'
  /** Fly's proxy answers in the machines' place for some seconds. */
  | 'proxy-errors'
  /** The database of the workers is away for some seconds, or cannot write. */
  | 'fail-over'
  | 'fill-disk'
  /** The clock is set by twenty minutes. */
  | 'set-clock-back'
  | 'set-clock-ahead'
  /** An instance ends in order, as with SIGTERM, and another one takes its place. */
  | 'replace-instance'
  /** `break` deploys a release whose program ends at once, `mend` one that works again. */
  | 'break'
  | 'mend';

export type Happening = { deployment: number; intent: Intent; afterMs: number };

export type Schedule = {
  deployments: number;
  faults: FaultRule[];
  /** In order; `afterMs` counts on the deployments' clock from the one before. */
  happenings: Happening[];
  /** The call at which each of these workers dies. */
  deaths: { atCall: number; when: 'before' | 'after' }[];
};

const INTENTS = [
  'stop',
  'start',
  'start',
  'restart',
  'redeploy',
  'redeploy',
  'rollback',
  'delete',
  'wake',
  'use-sleep',
  'use-sleep',
  'connect',
  'connect',
  'call',
  'crash-machine',
  'lose-machine',
  'cut-off',
  'stall-machine',
  'stall-machine',
  'throttle-machine',
  'throttle-machine',
  'proxy-errors',
  'proxy-errors',
  'fail-over',
  'fill-disk',
  'set-clock-back',
  'set-clock-ahead',
  'replace-instance',
  'break',
  'mend',
] as const satisfies readonly Intent[];

/** Chooses faults, deaths, intents and events. */
export function scheduleOf(random: Random): Schedule {
  const deployments = 1 + random.below(2);
  const list = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
  return {
    deployments,
    faults: list(random.below(5), () => faultOf(random)),
    happenings: list(2 + random.below(5), () => ({
      deployment: random.below(deployments),
      intent: random.pick(INTENTS),
      afterMs: random.chance(0.3) ? 0 : random.below(12_000),
    })),
    deaths: list(random.below(4), () => ({
      atCall: 1 + random.below(120),
      when: random.pick(['before', 'after']),
    })),
  };
}

const CALLS = ['create', 'create', 'get', 'list', 'start', 'stop', 'suspend', 'delete'] as const;

function faultOf(random: Random): FaultRule {
  const request = { match: { action: random.pick(CALLS) }, times: 1 + random.below(2), after: random.below(3) };
  const when = random.pick(['before', 'after'] as const);
  const launch = { match: { action: 'launch' }, after: random.below(3) };
  switch (random.below(17)) {
    case 0:
    case 1:
      return { ...request, effect: { kind: 'answer', when, status: random.pick([500, 502, 503, 408]) } };
    case 2:
    case 3:
      return { ...request, effect: { kind: 'reset', when } };
    case 4:
      return { ...request, times: 1, effect: { kind: 'hang', when } };
    case 5:
      return { ...request, effect: { kind: 'rate-limit', retryAfterSeconds: 1 } };
    case 6:
      return { match: { action: 'create' }, times: 1 + random.below(4), effect: { kind: 'capacity', status: 422 } };
    case 7:
      return { ...request, effect: { kind: 'latency', ms: random.below(4_000) } };
    case 8:
      return { match: { action: 'settle' }, effect: { kind: 'delay', ms: 9_000 } };
    case 9:
      return { ...launch, effect: { kind: 'late-port', ms: 3_000 } };
    case 10:
      return { ...launch, times: 1 + random.below(2), effect: { kind: 'die', oom: random.chance(0.3) } };
    case 11:
      return { ...launch, effect: { kind: 'delay', ms: 20_000 } };
    case 12:
      return { match: { action: 'suspend' }, effect: { kind: 'delay', ms: 15_000 } };
    case 13:
    case 14:
      return { match: { action: 'create' }, times: 1 + random.below(3), effect: { kind: 'unseen', ms: 20_000 } };
    case 15:
      return { match: { action: 'create-app' }, effect: { kind: 'unseen', ms: 30_000 } };
    default:
      return random.chance(0.5)
        ? { match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } }
        : { ...launch, effect: { kind: 'never' } };
  }
}
