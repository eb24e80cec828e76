import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import classes from './Audit.module.css';
import { type AuditFilter, exportUrl, PERIODS, STATUS_TYPE } from './filter.ts';
import { typeLabel } from './sentences.ts';

type AuditFiltersProps = {
  filter: AuditFilter;
  types: readonly string[];
  deployments: readonly { databaseId: string; name: string }[];
  /** Users who appear in the entries, and Catwalk itself. */
  people: readonly { id: string; name: string }[];
  onChange: (key: 'shows' | 'type' | 'deployment' | 'person' | 'q' | 'period', value: string | null) => void;
};

export function AuditFilters({ filter, types, deployments, people, onChange }: AuditFiltersProps) {
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label="Entries"
        value={filter.shows}
        onChange={(value) => onChange('shows', value === 'status' ? value : null)}
        data={[
          { value: 'actions', label: 'Actions' },
          { value: 'status', label: 'Status changes' },
        ]}
      />
      <TextInput
        aria-label="Search activity"
        placeholder="Search by name"
        leftSection={<IconSearch size={15} />}
        data-page-search
        value={filter.search}
        onChange={(event) => onChange('q', event.currentTarget.value === '' ? null : event.currentTarget.value)}
      />
      <Select
        aria-label="Person"
        placeholder="Everyone"
        clearable
        data={people.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.person}
        onChange={(value) => onChange('person', value)}
      />
      {filter.shows === 'actions' && (
        <Select
          aria-label="Type"
          placeholder="All types"
          clearable
          searchable
          data={types.filter((type) => type !== STATUS_TYPE).map((type) => ({ value: type, label: typeLabel(type) }))}
          value={filter.type}
          onChange={(value) => onChange('type', value)}
        />
      )}
      <Select
        aria-label="Deployment"
        placeholder="All deployments"
        clearable
        searchable
        data={deployments.map(({ databaseId, name }) => ({ value: databaseId, label: name }))}
        value={filter.deployment}
        onChange={(value) => onChange('deployment', value)}
      />
      <Select
        aria-label="Time range"
        allowDeselect={false}
        data={PERIODS.map(({ value, label }) => ({ value, label }))}
        value={filter.period}
        onChange={(value) => onChange('period', value === 'all' ? null : value)}
      />
      <Button
        component="a"
        variant="default"
        href={exportUrl(filter, Date.now())}
        download
        leftSection={<IconDownload size={16} />}
      >
        Export
      </Button>
    </div>
  );
}
