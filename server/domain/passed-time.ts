/**
 * How much time has passed since a moment in a row. The difference to the clock says it only until the clock is set: one
 * that jumps ahead would end at once a wait that protects something.
 */
export interface PassedTime {
  /**
   * The milliseconds that have passed for certain: no more than since this process saw the clock jump. A moment in the
   * future is one of another computer's clock, or from before a clock was set back: its distance counts.
   */
  since(moment: Date): number;
  /** The same, for those who cannot trust what the clock did before this process began: no more than since its start. */
  sinceSeen(moment: Date): number;
}

export type PassedTimeOptions = {
  now: () => Date;
  /** Milliseconds on a clock that cannot be set. */
  steadyMs?: () => number;
};

/** A clock that is adjusted little by little is no clock that was set. */
const JUMP_MS = 5_000;

export function createPassedTime({ now, steadyMs = () => performance.now() }: PassedTimeOptions): PassedTime {
  const startedAt = steadyMs();
  let jumpedAt = Number.NEGATIVE_INFINITY;
  let offset = now().getTime() - startedAt;
  const look = () => {
    const steady = steadyMs();
    const wall = now().getTime();
    if (Math.abs(wall - steady - offset) > JUMP_MS) jumpedAt = steady;
    offset = wall - steady;
    return { steady, wall };
  };
  const since = (moment: Date, trustedFrom: number): number => {
    const { steady, wall } = look();
    return Math.min(Math.abs(wall - moment.getTime()), steady - Math.max(jumpedAt, trustedFrom));
  };
  return {
    since: (moment) => since(moment, Number.NEGATIVE_INFINITY),
    sinceSeen: (moment) => since(moment, startedAt),
  };
}
