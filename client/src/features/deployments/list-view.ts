import { useEffect, useState } from 'react';
import { useNavigationType, useSearchParams } from 'react-router';
import { isStatusGroup, STATUS_GROUPS, type Status, type StatusGroup } from '../status/status.ts';

export const SORT_KEYS = ['created', 'name', 'status', 'calls'] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export type Sort = { key: SortKey; descending: boolean };

/** Newest first, as the server sorts; the address leaves the default out. */
export const DEFAULT_SORT: Sort = { key: 'created', descending: true };

/** Reads `name`, or `-name` for descending, from the address. Anything else is the default. */
export function parseSort(text: string | null): Sort {
  const descending = text?.startsWith('-') ?? false;
  const key = SORT_KEYS.find((one) => one === text?.replace(/^-/, ''));
  return key ? { key, descending } : DEFAULT_SORT;
}

export const formatSort = ({ key, descending }: Sort): string => {
  if (key === DEFAULT_SORT.key && descending === DEFAULT_SORT.descending) return '';
  return descending ? `-${key}` : key;
};

type Sortable = {
  name: string;
  source: string;
  status: Status;
  createdAt: string;
  tags?: readonly string[];
  /** Calls of the last 24 hours, as far as they are known. */
  calls?: number;
};

/** Failures first, stopped deployments last. */
const URGENCY: readonly Status[] = ['FAILED', 'UNHEALTHY', 'DEPLOYING', 'RUNNING', 'ASLEEP', 'STOPPED'];
const urgency = (status: Status): number => {
  const at = URGENCY.indexOf(status);
  return at === -1 ? URGENCY.length : at;
};

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const COMPARE: Record<SortKey, (a: Sortable, b: Sortable) => number> = {
  created: (a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0),
  name: (a, b) => collator.compare(a.name, b.name),
  calls: (a, b) => (a.calls ?? 0) - (b.calls ?? 0) || collator.compare(a.name, b.name),
  status: (a, b) => urgency(a.status) - urgency(b.status) || collator.compare(a.name, b.name),
};

/** Finds the rows whose name, source or tags contain the search text. */
export const searched = <Row extends Sortable>(rows: readonly Row[], search: string): Row[] => {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    (row) =>
      wanted === '' || [row.name, row.source, ...(row.tags ?? [])].some((text) => text.toLowerCase().includes(wanted)),
  );
};

/** The tags in use, in alphabetical order. */
export const tagsOf = (rows: readonly { tags: readonly string[] }[]): string[] =>
  [...new Set(rows.flatMap(({ tags }) => tags))].sort(collator.compare);

export function arranged<Row extends Sortable>(
  rows: readonly Row[],
  group: StatusGroup,
  sort: Sort,
  tag: string | null = null,
): Row[] {
  const shown = rows.filter((row) => STATUS_GROUPS[group](row.status) && (tag === null || row.tags?.includes(tag)));
  const sign = sort.descending ? -1 : 1;
  return shown.sort((a, b) => sign * COMPARE[sort.key](a, b));
}

/** Keeps search, filter and order of the list in the address, so that a link shows the same list. */
export function useListView() {
  const [params, setParams] = useSearchParams();
  const group = params.get('status');
  const inAddress = params.get('q') ?? '';
  // The address follows a moment later: typing must not wait for it.
  const [search, setSearch] = useState(inAddress);
  const navigation = useNavigationType();
  useEffect(() => {
    if (navigation !== 'REPLACE') setSearch(inAddress); // a link or the browser's buttons changed the address
  }, [navigation, inAddress]);
  const set = (key: string, value: string) =>
    setParams(
      (before) => {
        if (value === '') before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  const write = (next: string) => {
    setSearch(next);
    set('q', next);
  };
  return {
    search,
    group: isStatusGroup(group) ? group : ('all' as const),
    sort: parseSort(params.get('sort')),
    tag: params.get('tag'),
    setTag: (tag: string | null) => set('tag', tag ?? ''),
    setSearch: write,
    setGroup: (next: StatusGroup) => set('status', next === 'all' ? '' : next),
    setSort: (sort: Sort) => set('sort', formatSort(sort)),
    reset: () => {
      setSearch('');
      setParams({}, { replace: true });
    },
  };
}
