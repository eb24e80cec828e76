import type { World } from './world.ts';

export type Observation = {
  /** What Fly really does, in one or two sentences. */
  seen: string;
  /** False where Catwalk's code assumes something else; null where nothing follows yet. */
  asAssumed: boolean | null;
};

/** One look at Fly that the code waits for. Code that depends on it names it in a comment: `first hour: F3`. */
export type Check = {
  /** F1 to F9. */
  id: string;
  /** What the code assumes, in one sentence. */
  assumes: string;
  run(world: World, signal: AbortSignal): Promise<Observation>;
};
