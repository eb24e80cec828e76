import { Button, Tabs } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconExternalLink } from '@tabler/icons-react';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import classes from './ConnectPanel.module.css';
import { clientGuides, type Endpoint } from './snippets.ts';

/** How each client is set up with an endpoint; the client that was chosen last is open. */
export function ClientGuides({ endpoint }: { endpoint: Endpoint }) {
  const guides = clientGuides(endpoint);
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
          <Tabs.Tab key={guide.key} value={guide.key}>
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
            {guide.snippets.map((snippet) => (
              <CodeBlock
                key={snippet.label}
                label={snippet.label}
                caption={snippet.caption ?? snippet.label}
                code={snippet.code}
                wrap={snippet.wrap ?? false}
              />
            ))}
          </div>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
