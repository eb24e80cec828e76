import { useLocalStorage } from '@mantine/hooks';

export type SavedFilter = { name: string /** The query of the list's address. */; query: string };

const SAVED_MAX = 20;

/** Filters that this browser keeps by name. A name that exists is replaced. */
export function useSavedFilters() {
  const [saved, setSaved] = useLocalStorage<readonly SavedFilter[]>({ key: 'catwalk:list-filters', defaultValue: [] });
  return {
    saved,
    save: (filter: SavedFilter) => setSaved((before) => withFilter(before, filter)),
    remove: (name: string) => setSaved((before) => before.filter((one) => one.name !== name)),
  };
}

/** Adds a filter, or replaces the one of the same name; the oldest goes when there are too many. */
export const withFilter = (saved: readonly SavedFilter[], filter: SavedFilter): SavedFilter[] =>
  [...saved.filter(({ name }) => name !== filter.name), filter].slice(-SAVED_MAX);
