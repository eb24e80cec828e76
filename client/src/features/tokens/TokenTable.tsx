import { Button } from '@mantine/core';
import { useState } from 'react';
import { Entry, EntryList, EntryNote } from '../../ui/data/EntryList.tsx';
import { Ago } from '../../ui/data/Times.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';

export type TokenItem = {
  id: string;
  name: string;
  prefix: string;
  note?: string | undefined;
  createdAt: string;
  lastUsedAt?: string | null | undefined;
  expiresAt?: string | null | undefined;
};

type TokenTableProps = {
  tokens: readonly TokenItem[];
  /** Describes what revoking a token does. */
  consequence: string;
  revoking: boolean;
  onRevoke: (id: string) => Promise<boolean>;
};

/** Lists tokens by name and first characters, with their last use; each can be revoked at once. */
export function TokenTable({ tokens, consequence, revoking, onRevoke }: TokenTableProps) {
  const [ending, setEnding] = useState<TokenItem | null>(null);
  const shown = useLastValue(ending);
  return (
    <>
      <EntryList>
        {tokens.map((token) => (
          <Entry
            key={token.id}
            name={token.name}
            beside={
              <>
                <code className="muted">{token.prefix}…</code>
                {token.note && <EntryNote>{token.note}</EntryNote>}
              </>
            }
            times={
              <>
                <span>
                  created <Ago at={token.createdAt} />
                </span>
                <span>
                  {token.lastUsedAt ? (
                    <>
                      used <Ago at={token.lastUsedAt} />
                    </>
                  ) : (
                    'never used'
                  )}
                </span>
                {token.expiresAt && <span>expires {new Date(token.expiresAt).toLocaleDateString()}</span>}
              </>
            }
            action={
              <Button variant="default" size="xs" onClick={() => setEnding(token)} aria-label={`Revoke ${token.name}`}>
                Revoke
              </Button>
            }
          />
        ))}
      </EntryList>
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Revoke ${shown?.name ?? ''}?`}
        confirm="Revoke"
        working={revoking}
        onConfirm={async () => {
          if (ending) await onRevoke(ending.id);
          return null;
        }}
      >
        {consequence}
      </ConfirmDialog>
    </>
  );
}
