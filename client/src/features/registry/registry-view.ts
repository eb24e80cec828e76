import { useSearchParams } from 'react-router';
import type { RegistrySort } from '../../generated/graphql.ts';

export const REGISTRY_SORTS = ['RELEVANCE', 'NEWEST', 'NAME'] as const satisfies readonly RegistrySort[];

const parseSort = (text: string | null): RegistrySort =>
  REGISTRY_SORTS.find((one) => one.toLowerCase() === text) ?? 'RELEVANCE';

/** Keeps search, order and the open server in the address, so that a link shows the same page. */
export function useRegistryView() {
  const [params, setParams] = useSearchParams();
  const set = (key: string, value: string, replace = true) =>
    setParams(
      (before) => {
        if (value === '') before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace, preventScrollReset: true },
    );
  return {
    search: params.get('q') ?? '',
    sort: parseSort(params.get('sort')),
    deployable: params.get('deployable') !== null,
    server: params.get('server'),
    setSearch: (search: string) => set('q', search),
    setSort: (sort: RegistrySort) => set('sort', sort === 'RELEVANCE' ? '' : sort.toLowerCase()),
    setDeployable: (deployable: boolean) => set('deployable', deployable ? 'yes' : ''),
    /** The address that opens a server beside the current list. */
    pathOf: (name: string | null) => {
      const next = new URLSearchParams(params);
      if (name === null) next.delete('server');
      else next.set('server', name);
      return { search: next.toString() };
    },
    reset: () => setParams({}, { replace: true }),
  };
}

export type RegistryView = ReturnType<typeof useRegistryView>;
