import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import classes from './DeploymentList.module.css';
import type { Sort, SortKey } from './list-view.ts';

const COLUMNS: readonly { key: SortKey | null; label: string; right?: boolean }[] = [
  { key: 'name', label: 'Name' },
  { key: 'status', label: 'Status' },
  { key: 'calls', label: 'Calls, 24 h' },
  { key: null, label: 'Tools' },
  { key: null, label: 'Endpoint' },
  { key: 'created', label: 'Created', right: true },
];

type ListHeadProps = {
  sort: Sort;
  onSort: (sort: Sort) => void;
  selected: number;
  total: number;
  onSelectAll: (selected: boolean) => void;
};

/** Selects all rows, and sorts them by a column; a second click reverses the order. */
export function ListHead({ sort, onSort, selected, total, onSelectAll }: ListHeadProps) {
  return (
    <div className={classes.head}>
      <Checkbox
        size="xs"
        aria-label="Select all deployments shown"
        checked={total > 0 && selected === total}
        indeterminate={selected > 0 && selected < total}
        onChange={(event) => onSelectAll(event.currentTarget.checked)}
      />
      <span aria-hidden />
      {COLUMNS.map(({ key, label, right }) => {
        if (key === null) return <span key={label}>{label}</span>;
        const isCurrent = sort.key === key;
        const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
        const direction = isCurrent ? (sort.descending ? ', descending' : ', ascending') : '';
        return (
          <button
            key={key}
            type="button"
            className={classes.sort}
            data-right={right || undefined}
            aria-pressed={isCurrent}
            aria-label={`Sort by ${label.toLowerCase()}${direction}`}
            onClick={() =>
              onSort({ key, descending: isCurrent ? !sort.descending : key === 'created' || key === 'calls' })
            }
          >
            {label}
            {isCurrent && <Arrow size={13} aria-hidden />}
          </button>
        );
      })}
    </div>
  );
}
