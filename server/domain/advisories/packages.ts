import { z } from 'zod';
import type { InstalledPackage } from '#deploy/host/contract.ts';

const packageSchema = z.object({
  ecosystem: z.enum(['npm', 'PyPI']),
  name: z.string(),
  version: z.string(),
}) satisfies z.ZodType<InstalledPackage>;

/** Reads a JSON column of installed packages; what is not one is left out. */
export const parsePackages = (column: unknown): InstalledPackage[] =>
  (Array.isArray(column) ? column : []).flatMap((one) => packageSchema.safeParse(one).data ?? []);
