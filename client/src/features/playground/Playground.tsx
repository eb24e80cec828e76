import { IconFlask } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { useDraftStore } from '../../drafts/draft-store.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { CallApp } from './apps/CallApp.tsx';
import { CapabilityList } from './CapabilityList.tsx';
import { type Call, isOf } from './call.ts';
import { callProblem } from './call-problem.ts';
import { useCalls, useSavedRequests } from './call-stores.ts';
import {
  type Capability,
  type CapabilityKind,
  type CapabilityRequest,
  capabilitiesOf,
  KINDS,
  unlistedResource,
} from './capabilities.ts';
import { DestructiveDialog } from './DestructiveDialog.tsx';
import { givenArguments } from './given-arguments.ts';
import { NotificationPane } from './NotificationPane.tsx';
import classes from './Playground.module.css';
import { RequestForm } from './RequestForm.tsx';
import { ResultPanel } from './ResultPanel.tsx';
import { requestDraftKey, requestDraftOf } from './request-draft.ts';
import { SavedRequestList } from './SavedRequestList.tsx';
import { SessionSettingsFields } from './SessionSettingsFields.tsx';
import { useSuggestions } from './use-suggestions.ts';

export const PlaygroundFragment = graphql(`
  fragment Playground_deployment on Deployment {
    id
    databaseId
    endpointUrl
    access
    currentRelease {
      id
      protocolVersion
    }
    tools {
      name
      title
      description
      inputSchema
      outputSchema
      annotations
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
  const store = useCalls(databaseId);
  const { calls, listed } = store;
  const { saved, save, remove } = useSavedRequests(databaseId);
  const drafts = useDraftStore();
  const [params, setParams] = useSearchParams();
  const given = givenArguments(useLocation().state);
  const [shownId, setShownId] = useState<number | null>(null);
  const [asked, setAsked] = useState<CapabilityRequest | null>(null);
  /** Counts how often a form was filled in from an earlier request, each time as a new form. */
  const [fills, setFills] = useState(0);
  const [refreshing, setRefreshing] = useState(false);
  // The list that the server gave to this client; before the first call, the list of its handshake.
  const listing = listed?.releaseId === releaseId ? listed.listing : null;
  const capabilities = useMemo(() => capabilitiesOf(listing ?? deployment), [listing, deployment]);
  const selected = selectedOf(capabilities, params);
  const suggest = useSuggestions(target, selected, store.complete);
  const isRunning = calls[0]?.tookMs === null;

  const refreshList = async () => {
    setRefreshing(true);
    try {
      await store.refresh(target);
    } catch (error) {
      notifyProblem(callProblem(error));
    }
    setRefreshing(false);
  };
  const select = ({ kind, name }: { kind: CapabilityKind; name: string }) => {
    setShownId(null);
    setParams({ [kind]: name }, { replace: true, preventScrollReset: true });
  };
  const capabilityOf = ({ kind, name }: { kind: CapabilityKind; name: string }) =>
    capabilities.find((one) => one.kind === kind && one.name === name);
  const send = (request: CapabilityRequest) => {
    setShownId(null);
    void store.call(target, request);
  };
  const run = (request: CapabilityRequest) => {
    if (isRunning) return;
    if (capabilityOf(request)?.isDestructive) setAsked(request);
    else send(request);
  };
  const read = (uri: string) => {
    if (isRunning) return;
    select({ kind: 'resource', name: uri });
    send({ kind: 'resource', name: uri, template: false, args: {} });
  };
  const rerun = ({ request }: { request: CapabilityRequest }) => {
    if (!selected || !isOf({ request }, selected)) select(request);
    run(request);
  };
  const edit = ({ request }: { request: CapabilityRequest }) => {
    const capability = capabilityOf(request);
    if (!capability) return;
    const draft = requestDraftOf(capability.schema, request.args);
    drafts.write(requestDraftKey(databaseId, capability, null), draft, draft);
    select(request);
    setFills((count) => count + 1);
  };

  if (!selected) {
    return (
      <EmptyState icon={<IconFlask size={20} />} title="Nothing to call yet.">
        Tools, prompts and resources appear here once the server is running.
      </EmptyState>
    );
  }
  const own = calls.filter((call) => isOf(call, selected));
  const shown: Call | undefined = calls.find((one) => one.id === shownId) ?? (isRunning ? calls[0] : own[0]);
  const savedHere = saved.filter((one) => isOf(one, selected));
  const filled = fills > 0 ? null : given;

  return (
    <div className={classes.playground}>
      <div className={classes.side}>
        <CapabilityList
          capabilities={capabilities}
          selected={selected}
          onSelect={select}
          refreshing={refreshing}
          busy={isRunning}
          onRefresh={() => void refreshList()}
        />
        <SessionSettingsFields settings={store.settings} onChange={store.changeSettings} />
      </div>
      <Panel>
        <RequestForm
          key={`${selected.kind} ${selected.name} ${filled ?? ''} ${fills}`}
          given={filled}
          databaseId={databaseId}
          capability={selected}
          running={isRunning}
          copyTarget={{
            databaseId,
            url: deployment.endpointUrl,
            isPublic: deployment.access === 'PUBLIC',
            schema: selected.schema,
          }}
          suggest={selected.kind === 'prompt' || selected.template ? suggest : undefined}
          onCall={(args) => run({ kind: selected.kind, name: selected.name, template: selected.template, args })}
        />
        {savedHere.length > 0 && (
          <SavedRequestList saved={savedHere} busy={isRunning} onRun={rerun} onEdit={edit} onRemove={remove} />
        )}
      </Panel>
      <Panel>
        <ResultPanel
          calls={calls}
          own={own}
          shown={shown}
          busy={isRunning}
          outputSchema={(shown && capabilityOf(shown.request)?.outputSchema) ?? null}
          app={
            shown && (
              <CallApp
                key={shown.id}
                call={shown}
                capabilities={capabilities}
                send={(request, signal) => store.sendForApp(target, request, signal)}
              />
            )
          }
          onShow={(call) => setShownId(call.id)}
          onCancel={store.cancel}
          onRead={read}
          onRerun={rerun}
          onEdit={edit}
          onSave={({ request }) => save(request)}
        />
        <NotificationPane notifications={store.notifications} onClear={store.clearNotifications} />
      </Panel>
      <DestructiveDialog request={asked} onClose={() => setAsked(null)} onConfirm={send} />
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
