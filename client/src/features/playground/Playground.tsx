import { IconFlask } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { complain } from '../../ui/feedback/complain.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { CallHistory } from './CallHistory.tsx';
import { CallView } from './CallView.tsx';
import { callProblem } from './call-problem.ts';
import { useCalls } from './calls.ts';
import { OfferList } from './OfferList.tsx';
import { type Asked, KINDS, type Offer, offersOf, unlistedResource } from './offers.ts';
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
  const { calls, listing, refresh, call, cancel } = useCalls({
    id,
    databaseId,
    releaseId: currentRelease?.id ?? null,
    protocolVersion: currentRelease?.protocolVersion ?? null,
  });
  const [params, setParams] = useSearchParams();
  const [shownId, setShownId] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  // What the server lists to this client; before that, what it listed at its handshake.
  const offers = useMemo(() => offersOf(listing ?? deployment), [listing, deployment]);
  const chosen = chosenOf(offers, params);

  const ask = async () => {
    setAsking(true);
    try {
      await refresh();
    } catch (error) {
      complain(callProblem(error));
    }
    setAsking(false);
  };
  const choose = ({ kind, name }: Pick<Offer, 'kind' | 'name'>) =>
    setParams({ [kind]: name }, { replace: true, preventScrollReset: true });
  const run = (asked: Asked) => {
    setShownId(null);
    void call(asked);
  };
  const isRunning = calls[0]?.tookMs === null;
  const read = (uri: string) => {
    if (isRunning) return;
    choose({ kind: 'resource', name: uri });
    run({ kind: 'resource', name: uri, template: false, args: {} });
  };

  if (!chosen) {
    return (
      <EmptyState icon={<IconFlask size={20} />} title="Nothing to call yet.">
        Tools, prompts and resources appear here once the server has answered its first handshake.
      </EmptyState>
    );
  }
  const shown = calls.find((one) => one.id === shownId) ?? calls[0];

  return (
    <div className={classes.playground}>
      <OfferList
        offers={offers}
        chosen={chosen}
        onChoose={choose}
        asking={asking}
        busy={isRunning}
        onRefresh={() => void ask()}
      />
      <Panel>
        <RequestForm
          key={`${chosen.kind} ${chosen.name}`}
          offer={chosen}
          running={isRunning}
          onCall={(args) => run({ kind: chosen.kind, name: chosen.name, template: chosen.template, args })}
        />
      </Panel>
      <Panel>
        {shown ? (
          <CallView call={shown} onCancel={cancel} onRead={read} />
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

/** What the address names, a resource that no list names too; else the first that is offered. */
function chosenOf(offers: readonly Offer[], params: URLSearchParams): Offer | undefined {
  const kind = KINDS.find((one) => params.has(one));
  const name = params.get(kind ?? '');
  if (!kind || !name) return offers[0];
  const listed = offers.find((offer) => offer.kind === kind && offer.name === name);
  return listed ?? (kind === 'resource' ? unlistedResource(name) : offers.find((offer) => offer.kind === kind));
}
