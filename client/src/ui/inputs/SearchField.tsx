import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

type SearchFieldProps = { label: string; value: string; onChange: (value: string) => void };

/** The search of a list on a page, which the shortcut for searching focuses. */
export const SearchField = ({ label, value, onChange }: SearchFieldProps) => (
  <TextInput
    size="xs"
    leftSection={<IconSearch size={14} />}
    placeholder={label}
    aria-label={label}
    data-page-search
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);
