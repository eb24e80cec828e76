import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PrismaClient } from '#prisma/client.ts';
import { analysisResultSchema, packageSpecSchema } from '../analysis/result.ts';

/** A folder that was just packed is not in a row yet; an analysis can be deployed for a day. */
const YOUNG_MS = 48 * 3_600_000;
const PARTIAL_MS = 3_600_000;
const PAGE = 200;

type Deps = { prisma: PrismaClient; dataDir: string; now: () => Date };

/** Names of packed folders and tarballs that an analysis or a release names: each is the hash of its content. */
async function namesInUse({ prisma, now }: Deps, signal: AbortSignal): Promise<Set<string>> {
  const used = new Set<string>();
  const note = (spec: unknown) => {
    const parsed = packageSpecSchema.safeParse(spec).data;
    if (parsed?.runtime === 'archive') used.add(basename(parsed.path));
    if (parsed?.runtime === 'mcpb' && parsed.path !== undefined) used.add(basename(parsed.path));
  };
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { id: string; spec: unknown }[] = await prisma.release.findMany({
      where: after === null ? {} : { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: PAGE,
      select: { id: true, spec: true },
    });
    for (const { spec } of page) note(spec);
    after = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
  } while (after !== null);
  const analyses = await prisma.analysis.findMany({
    where: {
      expiresAt: { gt: now() },
      OR: ['folder:', 'archive:', 'bundle:'].map((kind) => ({ normalizedSource: { startsWith: kind } })),
    },
    select: { result: true },
  });
  for (const { result } of analyses) {
    for (const { spec } of analysisResultSchema.safeParse(result).data?.candidates ?? []) note(spec);
  }
  return used;
}

/**
 * Removes packed folders and tarballs of `{dataDir}/sources` that no release and no fresh analysis names any more, and
 * what a dead process left half-written. Returns how many files went.
 */
export async function pruneSources(deps: Deps, signal: AbortSignal): Promise<number> {
  const folder = join(deps.dataDir, 'sources');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // no folder was deployed on this server
    throw error;
  });
  const isOld = async (name: string): Promise<boolean> => {
    const limit = /\.(?:tgz|mcpb)$/.test(name)
      ? YOUNG_MS
      : name.endsWith('.partial')
        ? PARTIAL_MS
        : Number.POSITIVE_INFINITY;
    const found = await stat(join(folder, name)).catch(() => null); // another instance may have been faster
    return found !== null && deps.now().getTime() - found.mtimeMs > limit;
  };
  const old: string[] = [];
  for (const name of names) if (await isOld(name)) old.push(name);
  if (old.length === 0) return 0;
  const used = await namesInUse(deps, signal);
  let removed = 0;
  for (const name of old.filter((one) => !used.has(one))) {
    if (!(await isOld(name))) continue; // the same folder was packed again during the deletion
    await rm(join(folder, name), { force: true });
    removed++;
  }
  return removed;
}
