import { useMutation } from '@apollo/client/react';
import { Button, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { requestProblem } from '../../apollo/problem.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Panel } from '../../ui/Panel.tsx';
import classes from './Tokens.module.css';
import { TokenTable } from './TokenTable.tsx';

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

const CreateApiTokenDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) {
      __typename
      ... on ApiTokenPayload {
        token
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const RevokeApiTokenDocument = graphql(`
  mutation RevokeApiToken($id: ID!) {
    revokeApiToken(id: $id) {
      __typename
      ... on ApiToken {
        id
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

const SCOPES = [
  { value: 'WRITE', label: 'Everything' },
  { value: 'READ', label: 'Read only' },
] as const;

const complain = ({ message, hint }: { message: string; hint?: string | null | undefined }) =>
  notifications.show({ color: 'red', title: message, message: hint ?? '' });

/** Tokens for scripts and the command line. */
export function ApiTokens(props: {
  viewer: FragmentType<typeof ApiTokensFragment>;
  onChanged: () => Promise<unknown>;
}) {
  const viewer = readFragment(ApiTokensFragment, props.viewer);
  const [create, { loading: creating }] = useMutation(CreateApiTokenDocument, { fetchPolicy: 'no-cache' });
  const [revoke, { loading: revoking }] = useMutation(RevokeApiTokenDocument);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<(typeof SCOPES)[number]['value']>('WRITE');
  const [token, setToken] = useState<string | null>(null);

  const submit = async () => {
    try {
      const result = (await create({ variables: { input: { name: name.trim(), scope } } })).data?.createApiToken;
      if (result?.__typename !== 'ApiTokenPayload') return complain(result ?? requestProblem(null));
      setToken(result.token);
      setName('');
      await props.onChanged();
    } catch (error) {
      complain(requestProblem(error));
    }
  };
  const end = async (id: string) => {
    try {
      const result = (await revoke({ variables: { id } })).data?.revokeApiToken;
      if (result?.__typename !== 'ApiToken') {
        complain(result ?? requestProblem(null));
        return false;
      }
      await props.onChanged();
      return true;
    } catch (error) {
      complain(requestProblem(error));
      return false;
    }
  };

  return (
    <>
      <Panel
        title="New API token"
        description={
          <>
            For scripts, and for the command line on another computer:{' '}
            <code>catwalk login --server {location.origin}</code>
          </>
        }
      >
        <div className={classes.stack}>
          <form
            className={classes.create}
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <TextInput
              label="Name"
              placeholder="nightly script"
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="May"
              data={[...SCOPES]}
              value={scope}
              onChange={(chosen) => chosen && setScope(chosen)}
              w={140}
            />
            <Button type="submit" loading={creating} disabled={name.trim() === ''}>
              Make token
            </Button>
          </form>
          {token && (
            <div className={classes.once} role="status">
              <CopyField label="API token" value={token} />
              <span>
                <strong>Shown this once.</strong> Catwalk keeps only its hash.
              </span>
            </div>
          )}
        </div>
      </Panel>
      <Panel title="API tokens" flush>
        {viewer.apiTokens.length === 0 ? (
          <div className={classes.empty}>No API tokens.</div>
        ) : (
          <TokenTable
            tokens={viewer.apiTokens.map((one) => ({ ...one, note: one.scope === 'READ' ? 'read only' : undefined }))}
            revoking={revoking}
            onRevoke={end}
            consequence="Whatever uses it is refused at once. It cannot be undone; make another one instead."
          />
        )}
      </Panel>
    </>
  );
}
