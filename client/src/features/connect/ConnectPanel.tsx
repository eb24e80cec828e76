import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { readableUrl } from '../deployments/readable-url.ts';
import { ConnectionDoctor } from '../doctor/ConnectionDoctor.tsx';
import { useCreateAccessToken } from '../tokens/access-tokens.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import { TokenOffer } from '../tokens/TokenOffer.tsx';
import { ClientGuides } from './ClientGuides.tsx';
import classes from './ConnectPanel.module.css';
import { describeClients } from './supported-clients.ts';

export const ConnectPanelFragment = graphql(`
  fragment ConnectPanel_deployment on Deployment {
    id
    databaseId
    name
    slug
    endpointUrl
    access
    status
    currentRelease {
      id
      eras
    }
  }
`);

const TOKEN_NOTES = {
  TOKEN: 'Clients send a token with each request. Existing tokens can’t be shown again.',
  OAUTH: 'Clients sign in through your browser. Scripts need a token.',
  PUBLIC: '',
} as const;

/** Shows the endpoint, its token while it can be shown, and how to set up each client. */
export function ConnectPanel(props: { deployment: FragmentType<typeof ConnectPanelFragment> }) {
  const deployment = readFragment(ConnectPanelFragment, props.deployment);
  const { tokens, keep, forget } = useFreshTokens();
  const { create, creating } = useCreateAccessToken();
  const token = tokens.get(deployment.databaseId) ?? null;
  const createToken = async () => {
    const created = await create({ deploymentId: deployment.id, name: 'dashboard' });
    if (created) keep(deployment.databaseId, created);
  };

  return (
    <Panel title="Connect">
      <div className={classes.stack}>
        <CopyField label="Endpoint" value={deployment.endpointUrl} />
        {deployment.access !== 'OAUTH' && <CopyField label="By short name" value={readableUrl(deployment)} />}
        <div className="muted small">{describeClients(deployment.currentRelease?.eras ?? [])}</div>
        {deployment.access !== 'PUBLIC' && (
          <TokenOffer
            token={token}
            note={TOKEN_NOTES[deployment.access]}
            createLabel="Create token"
            creating={creating}
            onCreate={() => void createToken()}
            onDone={() => forget(deployment.databaseId)}
          />
        )}
        <ClientGuides
          endpoint={{ name: deployment.name, url: deployment.endpointUrl, token, access: deployment.access }}
          deployment={deployment}
        />
        <ConnectionDoctor key={deployment.id} deploymentId={deployment.id} />
      </div>
    </Panel>
  );
}
