import { Button, Select } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import classes from './Audit.module.css';
import { type AuditFilter, exportUrl, PERIODS } from './filter.ts';
import { typeLabel } from './sentences.ts';

type AuditFiltersProps = {
  filter: AuditFilter;
  types: readonly string[];
  deployments: readonly { databaseId: string; name: string }[];
  onChange: (key: keyof AuditFilter, value: string | null) => void;
};

export function AuditFilters({ filter, types, deployments, onChange }: AuditFiltersProps) {
  return (
    <div className={classes.filters}>
      <Select
        aria-label="Type"
        placeholder="All types"
        clearable
        searchable
        data={types.map((type) => ({ value: type, label: typeLabel(type) }))}
        value={filter.type}
        onChange={(value) => onChange('type', value)}
      />
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
