import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { SearchField } from '../../ui/inputs/SearchField.tsx';
import { type Capability, type CapabilityKind, KINDS } from './capabilities.ts';
import { DestructiveMark } from './DestructiveMark.tsx';
import classes from './Playground.module.css';

type CapabilityListProps = {
  capabilities: readonly Capability[];
  selected: Capability;
  onSelect: (capability: Pick<Capability, 'kind' | 'name'>) => void;
  /** The list is being read from the server. */
  refreshing: boolean;
  /** A call is running: no other request can be sent. */
  busy: boolean;
  onRefresh: () => void;
};

const NOUNS: Record<CapabilityKind, string> = { tool: 'Tools', prompt: 'Prompts', resource: 'Resources' };

/** Lists the tools, prompts or resources of the server, one kind at a time. */
export function CapabilityList(props: CapabilityListProps) {
  const { capabilities, selected, onSelect, refreshing, busy, onRefresh } = props;
  const [search, setSearch] = useState('');
  const { kind } = selected;
  const noun = NOUNS[kind].toLowerCase();
  const kinds = KINDS.filter((one) => one === kind || capabilities.some((capability) => capability.kind === one));
  const query = search.trim().toLowerCase();
  const listed = capabilities.filter(
    (one) => one.kind === kind && `${one.name} ${one.title ?? ''}`.toLowerCase().includes(query),
  );
  const changeKind = (next: CapabilityKind) => {
    setSearch('');
    const first = capabilities.find((capability) => capability.kind === next);
    if (first) onSelect(first);
  };
  return (
    <nav className={classes.capabilities} aria-label="Tools, prompts and resources">
      {kinds.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Kind"
          data={kinds.map((value) => ({ value, label: NOUNS[value] }))}
          value={kind}
          onChange={changeKind}
        />
      )}
      <div className={classes.find}>
        <SearchField label={`Search ${noun}`} value={search} onChange={setSearch} />
        <Tooltip label="Refresh">
          <ActionIcon
            size={30}
            variant="default"
            aria-label="Refresh"
            loading={refreshing}
            disabled={busy}
            onClick={onRefresh}
          >
            <IconRefresh size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ul aria-label={NOUNS[kind]}>
        {listed.map((capability) => (
          <li key={capability.name}>
            <button
              type="button"
              aria-current={capability.name === selected.name}
              title={capability.description ?? undefined}
              onClick={() => onSelect(capability)}
            >
              <span>{capability.name}</span>
              {capability.isDestructive && <DestructiveMark />}
            </button>
          </li>
        ))}
        {listed.length === 0 && (
          <li className="muted small">
            No {noun} match “{search.trim()}”.
          </li>
        )}
      </ul>
    </nav>
  );
}
