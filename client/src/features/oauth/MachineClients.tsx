import { useMutation, useQuery } from '@apollo/client/react';
import { Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import { TokenPanels } from '../tokens/TokenPanels.tsx';
import classes from '../tokens/Tokens.module.css';

const MachineClientsDocument = graphql(`
  query MachineClients($deploymentId: ID!) {
    deployment(id: $deploymentId) {
      id
      views {
        id
        name
      }
    }
    machineClients(deploymentId: $deploymentId) {
      id
      clientId
      name
      grant
      signs
      view {
        id
        name
      }
      createdAt
      lastUsedAt
      expiresAt
    }
  }
`);

const CreateDocument = graphql(`
  mutation CreateClientForMachine($input: CreateMachineClientInput!) {
    createMachineClient(input: $input) {
      __typename
      ... on MachineClientPayload {
        secret
        machineClient {
          id
          clientId
        }
      }
      ...Problem_error
    }
  }
`);

const RevokeDocument = graphql(`
  mutation RevokeClientOfMachine($id: ID!) {
    revokeMachineClient(id: $id) {
      __typename
      ... on MachineClient {
        id
      }
      ...Problem_error
    }
  }
`);

const REFRESH_MS = 5_000;
const PROOFS = [
  { value: 'secret', label: 'A secret' },
  { value: 'key', label: 'Its own key' },
] as const;
const GRANTS = [
  { value: 'CLIENT_CREDENTIALS', label: 'You' },
  { value: 'IDENTITY_ASSERTION', label: 'Users of an identity provider' },
] as const;

/** Creates, lists and revokes the OAuth clients of programs that call one deployment without a person. */
export function MachineClients({ deploymentId }: { deploymentId: string }) {
  const { data, refetch } = useQuery(MachineClientsDocument, {
    variables: { deploymentId },
    fetchPolicy: 'cache-and-network',
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
  });
  const [create, { loading: creating }] = useMutation(CreateDocument, { fetchPolicy: 'no-cache' });
  const [revoke, { loading: revoking }] = useMutation(RevokeDocument);
  const [proof, setProof] = useState<(typeof PROOFS)[number]['value']>('secret');
  const [grant, setGrant] = useState<(typeof GRANTS)[number]['value']>('CLIENT_CREDENTIALS');
  const [view, setView] = useState('');
  const views = data?.deployment?.views ?? [];
  const [publicKey, setPublicKey] = useState('');
  const fresh = useFreshTokens();
  const subject = `machine-client ${deploymentId}`;
  const signs = proof === 'key';

  return (
    <TokenPanels
      noun="machine client"
      nameLabel="Client name"
      createLabel="Create client"
      description="For programs that connect by OAuth without a person, such as a nightly job."
      placeholder="nightly job"
      choices={
        <>
          <Select
            label="Acts for"
            data={[...GRANTS]}
            value={grant}
            onChange={(chosen) => chosen && setGrant(chosen)}
            className={classes.choice ?? ''}
          />
          <Select
            label="Proves itself with"
            data={[...PROOFS]}
            value={proof}
            onChange={(chosen) => chosen && setProof(chosen)}
            className={classes.choice ?? ''}
          />
          {views.length > 0 && (
            <Select
              label="Client sees"
              data={[{ value: '', label: 'Whole server' }, ...views.map(({ name }) => name)]}
              value={view}
              allowDeselect={false}
              onChange={(chosen) => setView(chosen ?? '')}
              className={classes.choice ?? ''}
            />
          )}
          {signs && (
            <Textarea
              label="Public key"
              description="PEM, a JWK or a JWK set"
              autosize
              minRows={3}
              maxRows={8}
              value={publicKey}
              onChange={(event) => setPublicKey(event.currentTarget.value)}
            />
          )}
        </>
      }
      fresh={fresh.tokens.get(subject) ?? null}
      freshLabel="Client id and secret"
      onDismiss={() => fresh.forget(subject)}
      tokens={(data?.machineClients ?? []).map((one) => ({
        ...one,
        prefix: one.clientId.slice(0, 8),
        note: [
          one.view && `view ${one.view.name}`,
          one.signs && 'signs with its key',
          one.grant === 'IDENTITY_ASSERTION' && 'identity provider',
        ]
          .filter(Boolean)
          .join(', '),
      }))}
      none="No machine clients yet."
      consequence="Programs with this client are refused at once, and their open streams end. This cannot be undone."
      creating={creating}
      revoking={revoking}
      onCreate={async ({ name, expiresAt }) => {
        const input = { deploymentId, name, expiresAt, grant, publicKey: signs ? publicKey : null, view: view || null };
        const outcome = await payloadOf(
          'MachineClientPayload',
          async () => (await create({ variables: { input } })).data?.createMachineClient,
        );
        if (outcome.problem) {
          notifyProblem(outcome.problem);
          return false;
        }
        const { machineClient, secret } = outcome.payload;
        fresh.keep(subject, secret === null ? machineClient.clientId : `${machineClient.clientId}:${secret}`);
        setPublicKey('');
        await refetch();
        return true;
      }}
      onRevoke={async (id) => {
        const { problem } = await payloadOf(
          'MachineClient',
          async () => (await revoke({ variables: { id } })).data?.revokeMachineClient,
        );
        if (problem) notifyProblem(problem);
        await refetch();
        return !problem;
      }}
    />
  );
}
