import { eventually } from '#deploy/eventually.testing.ts';

const LIMIT_MS = 120_000;

/** Repeats a request until its answer satisfies the condition. The limit is generous, since computers differ. */
export async function untilAnswer<T>(request: () => Promise<T>, condition: (answer: T) => boolean): Promise<T> {
  const last: { answer?: T } = {};
  const read = async () => {
    const answer = await request();
    last.answer = answer;
    return condition(answer) ? { answer } : null;
  };
  const found = await eventually('an answer that satisfies the condition', read, LIMIT_MS).catch((cause: unknown) => {
    throw new Error(`The last answer was ${JSON.stringify(last.answer)}.`, { cause });
  });
  return found.answer;
}
