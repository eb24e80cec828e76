import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const resultSchema = z.object({
  key: z.string(),
  file: z.string(),
  line: z.number(),
  operator: z.string(),
  /** The line as it is, and as it was broken. */
  before: z.string(),
  after: z.string(),
  /** `timeout` counts as killed: the tests noticed that something never ends. */
  outcome: z.enum(['killed', 'timeout', 'survived']),
  /** The test that noticed it, and its file. */
  by: z.string().nullable(),
  killer: z.string().nullable().default(null),
  /** Follows from the tests that ran: what survived is tried again when they change. */
  tests: z.string(),
});

export type Result = z.infer<typeof resultSchema>;

/** Results of mutants, one JSON line each: a run that was interrupted continues where it stopped. */
export function openResults(file: string) {
  mkdirSync(path.dirname(file), { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const known = new Map(
    lines.map((line) => resultSchema.parse(JSON.parse(line))).map((result) => [result.key, result]),
  );
  return {
    /** The mutants of a file that a test file noticed: it runs before the others. */
    killsOf: (file: string, test: string): number =>
      [...known.values()].filter((one) => one.file === file && one.killer === test).length,
    find: (key: string, tests: string): Result | null => {
      const result = known.get(key);
      return result && (result.outcome !== 'survived' || result.tests === tests) ? result : null;
    },
    add: (result: Result): void => {
      known.set(result.key, result);
      appendFileSync(file, `${JSON.stringify(result)}\n`);
    },
  };
}
