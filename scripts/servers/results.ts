import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const observedSchema = z.object({
  start: z.enum(['answers', 'refuses', 'exits', 'hangs']),
  exitCode: z.number().nullable(),
  reason: z.object({ stream: z.enum(['stdout', 'stderr', 'answer']), text: z.string() }).nullable(),
  before: z.object({ stdout: z.number(), stderr: z.number() }),
  revision: z.string().nullable(),
  modern: z.boolean().nullable(),
  capabilities: z.array(z.string()),
  unimplemented: z.array(z.string()),
  tools: z.number().nullable(),
  textIds: z.boolean().nullable(),
  endsWithInput: z.boolean().nullable(),
  cost: z.object({ seconds: z.number(), megabytes: z.number(), processes: z.number() }).nullable(),
});

/** One server: what it does without credentials, and with placeholders if it demands some before it answers. */
export const serverResultSchema = z.object({
  package: z.string(),
  version: z.string(),
  words: z.array(z.string()),
  seenOn: z.string(),
  bare: observedSchema,
  placeholders: z.array(z.string()),
  filled: observedSchema.nullable(),
  written: z.array(z.object({ where: z.enum(['code', 'HOME', 'work']), file: z.string(), bytes: z.number() })),
});
export type ServerResult = z.infer<typeof serverResultSchema>;

const fileSchema = z.array(serverResultSchema);

export async function readResults(file: string): Promise<ServerResult[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]'); // the first run
  return fileSchema.parse(JSON.parse(text));
}

export async function writeResults(file: string, results: readonly ServerResult[]): Promise<void> {
  const sorted = [...results].sort((a, b) => a.package.localeCompare(b.package));
  await writeFile(file, `${JSON.stringify(sorted, null, 2)}\n`);
}
