import type { Endpoint } from '../../../../server/connect/endpoint.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ClientGuides } from '../connect/ClientGuides.tsx';
import { useCreateAccessToken } from '../tokens/access-tokens.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import { TokenOffer } from '../tokens/TokenOffer.tsx';
import classes from './Views.module.css';

const ViewAddressFragment = graphql(`
  fragment ViewAddress_view on View {
    id
    name
    url
  }
`);

type ViewAddressProps = {
  deployment: { id: string; name: string; access: Endpoint['access'] };
  view: FragmentType<typeof ViewAddressFragment>;
  /** The names of the tokens that are bound to the view. */
  boundTokens: readonly string[];
  isOwner: boolean;
  onTokenCreated: () => void;
};

const NOTES = {
  TOKEN: 'Any token of the deployment works at this address. A bound token sees this view and nothing else.',
  OAUTH: 'Clients sign in through your browser, for this view alone. A bound token is for scripts.',
  PUBLIC: 'Everyone can call this address. The plain endpoint shows the whole server.',
} as const;

/** The address of a view, how clients are set up with it, and tokens that are bound to it. */
export function ViewAddress({ deployment, boundTokens, isOwner, onTokenCreated, ...props }: ViewAddressProps) {
  const { id, name, url } = readFragment(ViewAddressFragment, props.view);
  const { tokens, keep, forget } = useFreshTokens();
  const { create, creating } = useCreateAccessToken();
  const subject = `view ${id}`;
  const token = tokens.get(subject) ?? null;
  const createToken = async () => {
    const created = await create({ deploymentId: deployment.id, name: `View ${name}`, view: name });
    if (!created) return;
    keep(subject, created);
    onTokenCreated();
  };
  return (
    <Panel title={`Connect to ${name}`}>
      <div className={classes.connect}>
        <CopyField label="Address" value={url} />
        <TokenOffer
          token={token}
          note={NOTES[deployment.access]}
          createLabel="Create bound token"
          creating={creating}
          onCreate={isOwner ? () => void createToken() : undefined}
          onDone={() => forget(subject)}
        />
        {boundTokens.length > 0 && (
          <p className={classes.short}>
            Bound to this view: {boundTokens.join(', ')}. Tokens are revoked in the Access tab.
          </p>
        )}
        <ClientGuides endpoint={{ name: `${deployment.name} ${name}`, url, token, access: deployment.access }} />
      </div>
    </Panel>
  );
}
