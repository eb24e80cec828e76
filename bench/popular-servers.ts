import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * The variables that the code of a popular server reads, as its tarball shows: `reads` are the variables of its own code while it
 * speaks stdio; `aside` are read too, but only over HTTP, when hosted, for logs and telemetry, or by a library inside.
 */
const popularSchema = z.array(
  z.object({ package: z.string(), reads: z.array(z.string()), aside: z.array(z.string()) }),
);
export type PopularServer = z.infer<typeof popularSchema>[number];

export async function popularServers(only: string | undefined): Promise<PopularServer[]> {
  const text = await readFile(join(import.meta.dirname, 'popular-servers.json'), 'utf8');
  return popularSchema.parse(JSON.parse(text)).filter((one) => only === undefined || one.package === only);
}
