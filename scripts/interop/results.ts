import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const attemptSchema = z.object({
  access: z.enum(['TOKEN', 'PUBLIC', 'OAUTH']),
  build: z.enum(['legacy', 'both', 'modern']),
  /** Null if it connected and listed the tools. */
  error: z.string().nullable(),
  /** The first request. */
  first: z.string().nullable(),
  /** The revision that it settled on. */
  revision: z.string().nullable(),
  /** True if requests after the first name the revision in a header. */
  namesRevision: z.boolean().nullable(),
  keepsStream: z.boolean(),
  endsSession: z.boolean(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** What a client that stays connected lived through. Null means that it worked. */
export const LONG_STEPS = ['restart', 'wake', 'slow', 'rotation', 'changed'] as const;
const longSchema = z.record(z.enum(LONG_STEPS), z.string().nullable());
export type LongSteps = z.infer<typeof longSchema>;

export const resultSchema = z.object({
  key: z.string(),
  label: z.string(),
  package: z.string(),
  seenOn: z.string(),
  attempts: z.array(attemptSchema),
  long: longSchema.nullable(),
});
export type ClientResult = z.infer<typeof resultSchema>;

export async function readResults(file: string): Promise<ClientResult[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]'); // the first run
  return z.array(resultSchema).parse(JSON.parse(text));
}

export async function writeResults(file: string, results: readonly ClientResult[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
