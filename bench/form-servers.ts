import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const needSchema = z.enum(['hard', 'usual', 'optional']);

/**
 * The truth about the form of an npm package, read from its code by hand before the analysis saw it. A variable is
 * `hard` when the server ends without it, `usual` when its tools do not work without it. `aside` names variables that
 * may stand under "advanced" and nowhere else. `untouched` packages are measured apart: no rule was written for them.
 */
const formServerSchema = z.object({
  package: z.string(),
  version: z.string(),
  untouched: z.boolean().default(false),
  verdicts: z.array(z.string()),
  /** Subcommands and flags without which it does not speak stdio. */
  fixed: z.array(z.string()),
  arguments: z.record(z.string(), z.enum(['required', 'optional'])),
  variables: z.record(z.string(), needSchema),
  secrets: z.array(z.string()),
  defaults: z.record(z.string(), z.string()),
  aside: z.array(z.string()),
});
export type FormServer = z.infer<typeof formServerSchema>;

/** The servers of a file of truths; without one, of the file beside this. */
export async function formServers(only: string | undefined, truths?: string): Promise<FormServer[]> {
  const text = await readFile(truths ?? join(import.meta.dirname, 'form-servers.json'), 'utf8');
  const all = z.array(formServerSchema).parse(JSON.parse(text));
  return all.filter((one) => only === undefined || one.package === only);
}
