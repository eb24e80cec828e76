import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { IconBookmark, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { handleSubmit } from '../../ui/inputs/handle-submit.ts';
import { useSavedFilters } from './saved-filters.ts';

/** Opens a saved filter of the list, and saves the present one by a name. */
export function SavedFilters() {
  const { search } = useLocation();
  const { saved, save, remove } = useSavedFilters();
  const [name, setName] = useState('');
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" closeOnItemClick={false} width={260}>
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<IconBookmark size={15} />}>
          Saved filters
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {saved.length === 0 && <Menu.Label>No saved filters</Menu.Label>}
        {saved.map((filter) => (
          <Menu.Item
            key={filter.name}
            component={Link}
            to={{ search: filter.query }}
            onClick={() => setOpened(false)}
            rightSection={
              <ActionIcon
                component="span"
                role="button"
                variant="subtle"
                color="gray"
                size="xs"
                aria-label={`Delete filter ${filter.name}`}
                onClick={(event) => {
                  event.preventDefault();
                  event.stopPropagation();
                  remove(filter.name);
                }}
              >
                <IconX size={12} />
              </ActionIcon>
            }
          >
            {filter.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <form
          onSubmit={handleSubmit(() => {
            save({ name: name.trim(), query: search });
            setName('');
          })}
        >
          <TextInput
            size="xs"
            m={6}
            aria-label="Name of the present filter"
            placeholder={search === '' ? 'Set a filter to save it' : 'Save the present filter as…'}
            value={name}
            maxLength={40}
            disabled={search === ''}
            onChange={(event) => setName(event.currentTarget.value)}
            rightSectionWidth={56}
            rightSection={
              <Button type="submit" size="compact-xs" disabled={name.trim() === '' || search === ''}>
                Save
              </Button>
            }
          />
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
