import { ActionIcon, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import { IconRefresh, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { KINDS, type Offer, type OfferKind } from './offers.ts';
import classes from './Playground.module.css';

type OfferListProps = {
  offers: readonly Offer[];
  chosen: Offer;
  onChoose: (offer: Pick<Offer, 'kind' | 'name'>) => void;
  /** The server is being asked what it offers. */
  asking: boolean;
  /** A call is under way: nothing else can be asked. */
  busy: boolean;
  onRefresh: () => void;
};

const NOUNS: Record<OfferKind, string> = { tool: 'Tools', prompt: 'Prompts', resource: 'Resources' };

/** Everything that can be asked of the server, one kind at a time. */
export function OfferList({ offers, chosen, onChoose, asking, busy, onRefresh }: OfferListProps) {
  const [search, setSearch] = useState('');
  const { kind } = chosen;
  const nouns = NOUNS[kind].toLowerCase();
  const kinds = KINDS.filter((one) => one === kind || offers.some((offer) => offer.kind === one));
  const wanted = search.trim().toLowerCase();
  const listed = offers.filter(
    (offer) => offer.kind === kind && `${offer.name} ${offer.title ?? ''}`.toLowerCase().includes(wanted),
  );
  const changeKind = (next: OfferKind) => {
    setSearch('');
    const first = offers.find((offer) => offer.kind === next);
    if (first) onChoose(first);
  };
  return (
    <nav className={classes.offers} aria-label="What to ask for">
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
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder={`Search ${nouns}`}
          aria-label={`Search ${nouns}`}
          data-page-search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Tooltip label="Ask the server again what it offers">
          <ActionIcon
            size={30}
            variant="default"
            aria-label="Ask the server again what it offers"
            loading={asking}
            disabled={busy}
            onClick={onRefresh}
          >
            <IconRefresh size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ul aria-label={NOUNS[kind]}>
        {listed.map((offer) => (
          <li key={offer.name}>
            <button
              type="button"
              aria-current={offer.name === chosen.name}
              title={offer.description ?? undefined}
              onClick={() => onChoose(offer)}
            >
              {offer.name}
            </button>
          </li>
        ))}
        {listed.length === 0 && <li className="muted small">Nothing matches.</li>}
      </ul>
    </nav>
  );
}
