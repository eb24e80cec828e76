import { z } from 'zod';

/** A package of the lockfile that `npm ci --omit=dev` would install. */
export type InstalledPackage = { name: string; version: string };

const FOLDER = 'node_modules/';
const lockfileSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** Reads the production tree from the text of package-lock.json, each name and version once. */
export function readProductionTree(lockfile: string): InstalledPackage[] {
  const { packages } = lockfileSchema.parse(JSON.parse(lockfile));
  const found = new Map<string, InstalledPackage>();
  for (const [location, { name: alias, version, dev, link }] of Object.entries(packages)) {
    if (dev || link || version === undefined || !location.includes(FOLDER)) continue;
    // an alias is installed under another name than its package has
    const name = alias ?? location.slice(location.lastIndexOf(FOLDER) + FOLDER.length);
    found.set(`${name}@${version}`, { name, version });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
