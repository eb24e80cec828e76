import { Select } from '@mantine/core';
import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { useApiTokens } from './api-tokens.ts';
import { accountSubject, useFreshTokens } from './fresh-tokens.ts';
import { TokenPanels } from './TokenPanels.tsx';
import classes from './Tokens.module.css';

export const ApiTokensFragment = graphql(`
  fragment ApiTokens_viewer on Viewer {
    id
    apiTokens {
      id
      name
      prefix
      scope
      createdAt
      lastUsedAt
      expiresAt
    }
  }
`);

const SCOPES = [
  { value: 'WRITE', label: 'Read and write' },
  { value: 'READ', label: 'Read-only' },
] as const;

type ApiTokensProps = { viewer: FragmentType<typeof ApiTokensFragment>; onChanged: () => Promise<unknown> };

/** Tokens for scripts and the command line. */
export function ApiTokens(props: ApiTokensProps) {
  const { id, apiTokens } = readFragment(ApiTokensFragment, props.viewer);
  const { create, creating, revoke, revoking } = useApiTokens(props.onChanged);
  const [scope, setScope] = useState<(typeof SCOPES)[number]['value']>('WRITE');
  const fresh = useFreshTokens();
  return (
    <TokenPanels
      noun="API token"
      description={
        <>
          For scripts. To use the command line on another computer, run{' '}
          <code>catwalk login --server {location.origin}</code>
        </>
      }
      placeholder="nightly script"
      choices={
        <Select
          label="Access"
          data={[...SCOPES]}
          value={scope}
          onChange={(chosen) => chosen && setScope(chosen)}
          className={classes.choice ?? ''}
        />
      }
      fresh={fresh.tokens.get(accountSubject(id)) ?? null}
      onDismiss={() => fresh.forget(accountSubject(id))}
      tokens={apiTokens.map((one) => ({ ...one, note: one.scope === 'READ' ? 'read-only' : undefined }))}
      none="No API tokens yet."
      consequence="Scripts with this token are refused at once. This cannot be undone."
      creating={creating}
      revoking={revoking}
      onCreate={async (token) => {
        const created = await create({ ...token, scope });
        if (created) fresh.keep(accountSubject(id), created);
        return created !== null;
      }}
      onRevoke={revoke}
    />
  );
}
