import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import classes from './TokenOffer.module.css';

type TokenOfferProps = {
  /** The token while it can be shown; null before one is created and after it was copied. */
  token: string | null;
  note: string;
  createLabel: string;
  creating: boolean;
  /** Absent for viewers who may not create one. */
  onCreate?: (() => void) | undefined;
  onDone: () => void;
};

/** Beside an address: offers to create a token for it, and shows the new token once. */
export function TokenOffer({ token, note, createLabel, creating, onCreate, onDone }: TokenOfferProps) {
  if (token === null) {
    return (
      <div className={classes.line}>
        <span>{note}</span>
        {onCreate && (
          <Button variant="default" size="xs" leftSection={<IconKey size={14} />} loading={creating} onClick={onCreate}>
            {createLabel}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className={classes.fresh}>
      <CopyField label="Token" value={token} />
      <div className={classes.line}>
        <span>
          <strong>Copy it now.</strong> You won’t see it again.
        </span>
        <Button variant="default" size="compact-xs" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
