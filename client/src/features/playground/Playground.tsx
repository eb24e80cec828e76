import { IconFlask } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { CallHistory } from './CallHistory.tsx';
import { CallView } from './CallView.tsx';
import { CapabilityList } from './CapabilityList.tsx';
import { callProblem } from './call-problem.ts';
import { useCalls } from './call-stores.ts';
import {
  type Capability,
  type CapabilityKind,
  type CapabilityRequest,
  capabilitiesOf,
  KINDS,
  unlistedResource,
} from './capabilities.ts';
import { givenArguments } from './given-arguments.ts';
import classes from './Playground.module.css';
import { RequestForm } from './RequestForm.tsx';

export const PlaygroundFragment = graphql(`
  fragment Playground_deployment on Deployment {
    id
    databaseId
    currentRelease {
      id
      protocolVersion
    }
    tools {
      name
      title
      description
      inputSchema
    }
    prompts {
      name
      description
      arguments
    }
    resources {
      uri
      name
      description
      mimeType
      template
    }
  }
`);

/** Calls tools, gets prompts and reads resources through the endpoint itself, with a token that lasts ten minutes. */
export function Playground(props: { deployment: FragmentType<typeof PlaygroundFragment> }) {
  const deployment = readFragment(PlaygroundFragment, props.deployment);
  const { id, databaseId, currentRelease } = deployment;
  const releaseId = currentRelease?.id ?? null;
  const target = { id, databaseId, releaseId, protocolVersion: currentRelease?.protocolVersion ?? null };
  const { calls, listed, call, cancel, refresh } = useCalls(databaseId);
  const [params, setParams] = useSearchParams();
  const given = givenArguments(useLocation().state);
  const [shownId, setShownId] = useState<number | null>(null);
  const [refreshing, setRefreshing] = useState(false);
  // The list that the server gave to this client; before the first call, the list of its handshake.
  const listing = listed?.releaseId === releaseId ? listed.listing : null;
  const capabilities = useMemo(() => capabilitiesOf(listing ?? deployment), [listing, deployment]);
  const selected = selectedOf(capabilities, params);

  const refreshList = async () => {
    setRefreshing(true);
    try {
      await refresh(target);
    } catch (error) {
      notifyProblem(callProblem(error));
    }
    setRefreshing(false);
  };
  const select = ({ kind, name }: { kind: CapabilityKind; name: string }) => {
    setShownId(null);
    setParams({ [kind]: name }, { replace: true, preventScrollReset: true });
  };
  const run = (request: CapabilityRequest) => {
    setShownId(null);
    void call(target, request);
  };
  const isRunning = calls[0]?.tookMs === null;
  const read = (uri: string) => {
    if (isRunning) return;
    select({ kind: 'resource', name: uri });
    run({ kind: 'resource', name: uri, template: false, args: {} });
  };

  if (!selected) {
    return (
      <EmptyState icon={<IconFlask size={20} />} title="Nothing to call yet.">
        Tools, prompts and resources appear here once the server is running.
      </EmptyState>
    );
  }
  const own = calls.filter(({ request }) => request.kind === selected.kind && request.name === selected.name);
  const shown = calls.find((one) => one.id === shownId) ?? (isRunning ? calls[0] : own[0]);

  return (
    <div className={classes.playground}>
      <CapabilityList
        capabilities={capabilities}
        selected={selected}
        onSelect={select}
        refreshing={refreshing}
        busy={isRunning}
        onRefresh={() => void refreshList()}
      />
      <Panel>
        <RequestForm
          key={`${selected.kind} ${selected.name} ${given ?? ''}`}
          given={given}
          databaseId={databaseId}
          capability={selected}
          running={isRunning}
          onCall={(args) => run({ kind: selected.kind, name: selected.name, template: selected.template, args })}
        />
      </Panel>
      <Panel>
        {shown ? (
          <CallView call={shown} onCancel={cancel} onRead={read} />
        ) : (
          <EmptyState title="The result appears here.">
            Calls go through the endpoint, exactly like a client’s, with a token that lasts ten minutes.
          </EmptyState>
        )}
        {calls.length > 1 && <CallHistory calls={calls} shownId={shown?.id ?? null} onShow={setShownId} />}
      </Panel>
    </div>
  );
}

/** The capability that the address names, even a resource that no list includes; else the first one. */
function selectedOf(capabilities: readonly Capability[], params: URLSearchParams): Capability | undefined {
  const kind = KINDS.find((one) => params.has(one));
  const name = params.get(kind ?? '');
  if (!kind || !name) return capabilities[0];
  const ofKind = capabilities.filter((capability) => capability.kind === kind);
  const listed = ofKind.find((capability) => capability.name === name);
  return listed ?? (kind === 'resource' ? unlistedResource(name) : ofKind[0]);
}
