import { Button, Tabs } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconCloudOff, IconExternalLink, IconKey } from '@tabler/icons-react';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { CopyField } from '../../ui/inputs/CopyField.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { ConnectionDoctor } from '../doctor/ConnectionDoctor.tsx';
import { canServe } from '../status/status.ts';
import { useCreateAccessToken } from '../tokens/access-tokens.ts';
import { useFreshTokens } from '../tokens/fresh-tokens.ts';
import classes from './ConnectPanel.module.css';
import { isLocalUrl } from './client-guide.ts';
import { clientGuides } from './snippets.ts';
import { describeClients } from './supported-clients.ts';
import { WaitingForClient } from './WaitingForClient.tsx';

export const ConnectPanelFragment = graphql(`
  fragment ConnectPanel_deployment on Deployment {
    id
    databaseId
    name
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
  const guides = clientGuides({ name: deployment.name, url: deployment.endpointUrl, token, access: deployment.access });
  // A cloud cannot reach this computer: nothing of such a client is offered for copying.
  const isOutOfReach = (guide: (typeof guides)[number]) => guide.isCloud === true && isLocalUrl(deployment.endpointUrl);
  const [client, setClient] = useLocalStorage({ key: 'catwalk:client', defaultValue: 'claude-code' });
  const createToken = async () => {
    const created = await create({ deploymentId: deployment.id, name: 'dashboard' });
    if (created) keep(deployment.databaseId, created);
  };

  return (
    <Panel title="Connect">
      <div className={classes.stack}>
        <CopyField label="Endpoint" value={deployment.endpointUrl} />
        <div className={classes.once}>{describeClients(deployment.currentRelease?.eras ?? [])}</div>
        {deployment.access !== 'PUBLIC' &&
          (token ? (
            <div className={classes.fresh}>
              <CopyField label="Token" value={token} />
              <div className={classes.once}>
                <span>
                  <strong>Copy it now.</strong> You won’t see it again.
                </span>
                <Button variant="default" size="compact-xs" onClick={() => forget(deployment.databaseId)}>
                  Done
                </Button>
              </div>
            </div>
          ) : (
            <div className={classes.once}>
              <span>{TOKEN_NOTES[deployment.access]}</span>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconKey size={14} />}
                loading={creating}
                onClick={() => void createToken()}
              >
                Create token
              </Button>
            </div>
          ))}
        <Tabs
          value={guides.some((guide) => guide.key === client) ? client : 'claude-code'}
          onChange={(key) => key && setClient(key)}
          keepMounted={false}
          variant="outline"
          classNames={{ tab: classes.tab ?? '' }}
        >
          <Tabs.List aria-label="Clients">
            {guides.map((guide) => (
              <Tabs.Tab
                key={guide.key}
                value={guide.key}
                rightSection={
                  isOutOfReach(guide) && <IconCloudOff size={13} role="img" aria-label="cannot reach this computer" />
                }
              >
                {guide.label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {guides.map((guide) => (
            <Tabs.Panel key={guide.key} value={guide.key}>
              <div className={classes.guide}>
                <div className={classes.steps}>
                  <p>
                    {isOutOfReach(guide)
                      ? `${guide.label} runs in a cloud and can’t reach this computer. Set a public address for Catwalk first (PUBLIC_URL), or connect a client on this computer.`
                      : guide.steps}
                  </p>
                  {guide.deepLink && (
                    <Button
                      component="a"
                      href={guide.deepLink.href}
                      variant="default"
                      size="xs"
                      rightSection={<IconExternalLink size={14} />}
                    >
                      {guide.deepLink.label}
                    </Button>
                  )}
                </div>
                {(isOutOfReach(guide) ? [] : guide.snippets).map((snippet) => (
                  <CodeBlock
                    key={snippet.label}
                    label={snippet.label}
                    caption={snippet.caption ?? snippet.label}
                    code={snippet.code}
                    wrap={snippet.wrap ?? false}
                  />
                ))}
                {guide.announces && !isOutOfReach(guide) && canServe(deployment.status) && (
                  <WaitingForClient
                    databaseId={deployment.databaseId}
                    label={guide.label}
                    announces={guide.announces}
                  />
                )}
              </div>
            </Tabs.Panel>
          ))}
        </Tabs>
        <ConnectionDoctor key={deployment.id} deploymentId={deployment.id} />
      </div>
    </Panel>
  );
}
