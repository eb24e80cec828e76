import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { RegistrySort } from '../../generated/graphql.ts';
import classes from './RegistryTools.module.css';
import { REGISTRY_SORTS, type RegistryView } from './registry-view.ts';

const SEARCH_DELAY_MS = 200;

const SORT_LABELS: Record<RegistrySort, string> = {
  RELEVANCE: 'Best match',
  NEWEST: 'Newest',
  NAME: 'Name',
};

/** The search, the filter and the order of the registry. */
export function RegistryTools({ view }: { view: RegistryView }) {
  const [text, setText] = useState(view.search);
  const sent = useRef(view.search);
  const search = useDebouncedCallback((next: string) => {
    sent.current = next;
    view.setSearch(next);
  }, SEARCH_DELAY_MS);
  // The address changed by other means: back, a link, or "Show all servers".
  useEffect(() => {
    if (view.search === sent.current) return;
    sent.current = view.search;
    setText(view.search);
  }, [view.search]);

  return (
    <search className={classes.tools}>
      <TextInput
        className={classes.search}
        type="search"
        leftSection={<IconSearch size={15} />}
        placeholder="Search by name, publisher or description"
        aria-label="Search the registry"
        data-page-search
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <Checkbox
        label="Deployable only"
        checked={view.deployable}
        onChange={(event) => view.setDeployable(event.currentTarget.checked)}
      />
      <NativeSelect
        className={classes.sort}
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => {
          const sort = REGISTRY_SORTS.find((one) => one === event.currentTarget.value);
          if (sort) view.setSort(sort);
        }}
        data={REGISTRY_SORTS.map((value) => ({ value, label: SORT_LABELS[value] }))}
      />
    </search>
  );
}
