import type { Bridge } from './bridge/bridge.ts';
import type { QuiesceAnswer } from './contract.ts';

/** The caller may die before the machine sleeps: the host then takes calls again. Time asleep does not count. */
const QUIESCED_MS = 30_000;

/** Agrees to sleep while nothing is under way, and takes no call from then on. */
export function createQuiescence(deps: {
  bridge: () => Pick<Bridge, 'work' | 'openStreams' | 'park'>;
  isInstalling: () => boolean;
  clock: () => number;
}) {
  let until = 0;
  return {
    isQuiesced: (): boolean => deps.clock() < until,
    /** `parked`: streams that only listen stay open at the endpoint, and do not count as work. */
    quiesce: (parked: boolean): QuiesceAnswer => {
      const bridge = deps.bridge();
      const open = parked ? bridge.work : bridge.openStreams;
      const what = parked ? 'requests or tasks are under way' : 'requests or streams are open';
      if (open > 0) return { quiesced: false, reason: `${open} ${what}.` };
      if (deps.isInstalling()) return { quiesced: false, reason: 'The package is being installed.' };
      until = deps.clock() + QUIESCED_MS;
      return parked ? { quiesced: true, sessions: bridge.park() } : { quiesced: true };
    },
    resume: (): void => {
      until = 0;
    },
  };
}
