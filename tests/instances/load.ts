import type { Deployed } from './deploy.ts';
import { openSession } from './mcp-session.ts';

export type Load = {
  /** Resolves when so many more calls have been answered. */
  answered(count: number): Promise<void>;
  /** Ends the load. Returns the errors of failed calls, and the number of wrong responses. */
  stop(): Promise<{ failed: string[]; wrong: number }>;
};

/** Some callers, each with a session of its own, that call a tool again and again through nginx. */
export async function startLoad(endpoint: Deployed, callers: number): Promise<Load> {
  const failed: string[] = [];
  let answered = 0;
  let wrong = 0;
  const waiting = new Set<() => void>();
  let stopped = false;
  const sessions = await Promise.all(Array.from({ length: callers }, () => openSession(endpoint)));
  const running = sessions.map(async (session) => {
    while (!stopped) {
      const outcome = await session.call();
      if (outcome === 'answered') answered += 1;
      else if (outcome === 'wrong') wrong += 1;
      else failed.push(outcome.failed);
      for (const look of waiting) look();
    }
  });
  return {
    answered: (count) => {
      const wanted = answered + count;
      return new Promise((resolve) => {
        const look = () => {
          if (answered < wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
    stop: async () => {
      stopped = true;
      await Promise.all(running);
      return { failed, wrong };
    },
  };
}
