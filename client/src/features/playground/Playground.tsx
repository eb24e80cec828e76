import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFlask, IconRefresh, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { CallHistory } from './CallHistory.tsx';
import { CallView } from './CallView.tsx';
import { useCalls } from './calls.ts';
import classes from './Playground.module.css';
import { ToolForm } from './ToolForm.tsx';

export const PlaygroundFragment = graphql(`
  fragment Playground_deployment on Deployment {
    id
    databaseId
    status
    tools {
      name
      title
      description
      inputSchema
    }
  }
`);

/** Calls tools through the endpoint itself, with a token that lasts ten minutes. */
export function Playground(props: { deployment: FragmentType<typeof PlaygroundFragment> }) {
  const deployment = readFragment(PlaygroundFragment, props.deployment);
  const { calls, tools: liveTools, listTools, call, cancel } = useCalls(deployment);
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState('');
  const [shownId, setShownId] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  // What the server lists to this client; before that, what it listed at its handshake.
  const tools = liveTools ?? deployment.tools;

  const refresh = async () => {
    setAsking(true);
    try {
      await listTools();
    } catch (error) {
      const message = error instanceof Error ? error.message : 'It does not answer.';
      notifications.show({ color: 'red', title: 'The server did not list its tools.', message });
    }
    setAsking(false);
  };

  if (tools.length === 0) {
    return (
      <EmptyState icon={<IconFlask size={20} />} title="Nothing to call yet.">
        Tools appear here once the server has answered its first handshake.
      </EmptyState>
    );
  }
  const wanted = search.trim().toLowerCase();
  const listed = tools.filter((tool) => tool.name.toLowerCase().includes(wanted));
  const chosen = tools.find((tool) => tool.name === params.get('tool')) ?? tools[0];
  const shown = calls.find((one) => one.id === shownId) ?? calls[0];
  const isRunning = calls[0]?.tookMs === null;

  return (
    <div className={classes.playground}>
      <nav className={classes.tools} aria-label="Tools to call">
        <div className={classes.find}>
          <TextInput
            size="xs"
            leftSection={<IconSearch size={14} />}
            placeholder="Search tools"
            aria-label="Search tools"
            data-page-search
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Tooltip label="Ask the server for its tools again">
            <ActionIcon
              size={30}
              variant="default"
              aria-label="Ask the server for its tools again"
              loading={asking}
              disabled={isRunning}
              onClick={() => void refresh()}
            >
              <IconRefresh size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
        <ul>
          {listed.map((tool) => (
            <li key={tool.name}>
              <button
                type="button"
                aria-current={tool.name === chosen?.name}
                title={tool.description ?? undefined}
                onClick={() => setParams({ tool: tool.name }, { replace: true, preventScrollReset: true })}
              >
                {tool.name}
              </button>
            </li>
          ))}
          {listed.length === 0 && <li className="muted small">No tool matches.</li>}
        </ul>
      </nav>
      <Panel>
        {chosen && (
          <ToolForm
            key={chosen.name}
            tool={chosen.name}
            description={chosen.description ?? null}
            schema={chosen.inputSchema}
            running={isRunning}
            onCall={(args) => {
              setShownId(null);
              void call(chosen.name, args);
            }}
          />
        )}
      </Panel>
      <Panel>
        {shown ? (
          <CallView call={shown} onCancel={cancel} />
        ) : (
          <EmptyState title="The result appears here.">
            Calls go through the endpoint, exactly as a client’s would, with a token that lasts ten minutes.
          </EmptyState>
        )}
        {calls.length > 1 && <CallHistory calls={calls} shownId={shown?.id ?? null} onShow={setShownId} />}
      </Panel>
    </div>
  );
}
