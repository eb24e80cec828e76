import { FLY_REGIONS, MACHINE_SIZES } from '#server/domain/catalog.ts';

const REGIONS_PROPOSED = 3;

/** Groups of regions that are near each other: the next best region is another one of the group. */
const NEIGHBORS = [
  ['iad', 'ewr', 'ord', 'yyz', 'dfw', 'lax', 'sjc', 'gru'],
  ['ams', 'fra', 'cdg', 'lhr', 'arn', 'jnb'],
  ['sin', 'nrt', 'bom', 'syd'],
];

/** The next larger size; null when there is none. */
export const proposeMemory = (memoryMb: number): number | null =>
  MACHINE_SIZES.map((size) => size.memoryMb).find((size) => size > memoryMb) ?? null;

/** False for this computer, which has no other regions to choose. */
export const isFlyRegion = (region: string): boolean => FLY_REGIONS.some(({ code }) => code === region);

/** Other regions, the nearest first. */
export function proposeRegions(region: string): string[] {
  const known = FLY_REGIONS.map(({ code }) => code);
  const near = NEIGHBORS.find((group) => group.includes(region)) ?? [];
  const candidates = [...near, ...known].filter((code) => code !== region && known.includes(code));
  return [...new Set(candidates)].slice(0, REGIONS_PROPOSED);
}
