import { FLY_REGIONS, MACHINE_SIZES } from '#server/domain/catalog.ts';

const REGIONS_PROPOSED = 3;

/** Regions that are near each other, so that another one of the group is the next best. */
const NEIGHBORS = [
  ['iad', 'ewr', 'ord', 'yyz', 'dfw', 'lax', 'sjc', 'gru'],
  ['ams', 'fra', 'cdg', 'lhr', 'arn', 'jnb'],
  ['sin', 'nrt', 'bom', 'syd'],
];

/** The next larger size; null when there is none. */
export const proposeMemory = (memoryMb: number): number | null =>
  MACHINE_SIZES.map((size) => size.memoryMb).find((size) => size > memoryMb) ?? null;

/** Whether there are other regions to choose: this computer has none. */
export const isFlyRegion = (region: string): boolean => FLY_REGIONS.some(({ code }) => code === region);

/** Other regions, the nearest first. */
export function proposeRegions(region: string): string[] {
  const known = FLY_REGIONS.map(({ code }) => code);
  const near = NEIGHBORS.find((group) => group.includes(region)) ?? [];
  const candidates = [...near, ...known].filter((code) => code !== region && known.includes(code));
  return [...new Set(candidates)].slice(0, REGIONS_PROPOSED);
}
