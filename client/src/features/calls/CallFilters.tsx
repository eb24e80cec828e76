import { Select } from '@mantine/core';
import classes from './Calls.module.css';
import type { CallFilter } from './call-filter.ts';
import { OUTCOME_CHOICES, SLOWER_CHOICES } from './call-filter.ts';

type CallFiltersProps = {
  filter: CallFilter;
  tools: readonly string[];
  clients: readonly string[];
  onChange: (changes: Record<string, string | null>) => void;
};

/** Adds the selected value to the choices: a link may name one that no call on the page has. */
const choicesOf = (known: readonly string[], selected: string | null): string[] =>
  [...new Set(selected === null ? known : [...known, selected])].sort((a, b) => a.localeCompare(b));

export function CallFilters({ filter, tools, clients, onChange }: CallFiltersProps) {
  const slower = SLOWER_CHOICES.some(({ value }) => value === filter.slower)
    ? [...SLOWER_CHOICES]
    : [...SLOWER_CHOICES, ...(filter.slower ? [{ value: filter.slower, label: `Over ${filter.slower} ms` }] : [])];
  return (
    <div className={classes.filters}>
      <Select
        size="xs"
        aria-label="Tool"
        placeholder="All tools"
        clearable
        searchable
        data={choicesOf(tools, filter.tool)}
        value={filter.tool}
        onChange={(tool) => onChange({ tool })}
      />
      <Select
        size="xs"
        aria-label="Client"
        placeholder="All clients"
        clearable
        searchable
        data={choicesOf(clients, filter.client)}
        value={filter.client}
        onChange={(client) => onChange({ client })}
      />
      <Select
        size="xs"
        aria-label="Outcome"
        placeholder="All outcomes"
        clearable
        data={[...OUTCOME_CHOICES]}
        value={filter.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <Select
        size="xs"
        aria-label="Duration"
        placeholder="Any duration"
        clearable
        data={slower}
        value={filter.slower}
        onChange={(value) => onChange({ slower: value })}
      />
    </div>
  );
}
