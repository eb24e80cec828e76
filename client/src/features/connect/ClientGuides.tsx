import { Button, Tabs } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconCloudOff, IconExternalLink } from '@tabler/icons-react';
import { type Endpoint, isLocalUrl } from '../../../../server/connect/endpoint.ts';
import { clientGuides } from '../../../../server/connect/guides.ts';
import { LIMITS } from '../../../../server/connect/limits.ts';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { canServe } from '../status/status.ts';
import classes from './ConnectPanel.module.css';
import { WaitingForClient } from './WaitingForClient.tsx';

type Props = {
  endpoint: Endpoint;
  /** The deployment whose clients are waited for; absent where an address is a part of one. */
  deployment?: { databaseId: string; status: Parameters<typeof canServe>[0] };
};

/** How each client is set up with an endpoint; the client that was chosen last is open. */
export function ClientGuides({ endpoint, deployment }: Props) {
  const guides = clientGuides(endpoint);
  // A cloud cannot reach this computer: nothing of such a client is offered for copying.
  const isOutOfReach = (guide: (typeof guides)[number]) => guide.isCloud === true && isLocalUrl(endpoint.url);
  const [client, setClient] = useLocalStorage({ key: 'catwalk:client', defaultValue: 'claude-code' });
  return (
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
              <p>{guide.steps}</p>
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
            {guide.limits.length > 0 && !isOutOfReach(guide) && (
              <details className={classes.limits}>
                <summary>Limits of this client</summary>
                <ul>
                  {guide.limits.map((limit) => (
                    <li key={limit}>
                      {LIMITS[limit].sign} {LIMITS[limit].reason} {LIMITS[limit].remedy}
                    </li>
                  ))}
                </ul>
              </details>
            )}
            {guide.announces && deployment && !isOutOfReach(guide) && canServe(deployment.status) && (
              <WaitingForClient databaseId={deployment.databaseId} label={guide.label} announces={guide.announces} />
            )}
          </div>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
