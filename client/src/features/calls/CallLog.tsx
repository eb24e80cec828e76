import { Button, Skeleton } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { CallFilters } from './CallFilters.tsx';
import { CallRow } from './CallRow.tsx';
import classes from './Calls.module.css';
import { type CallFilter, FILTER_KEYS, toInput, useCallAddress } from './call-filter.ts';
import { Recording } from './Recording.tsx';
import { useCallList } from './use-calls.ts';

/** The calls of a deployment, like the network panel of a browser: newest first, live, and one line opens at a time. */
export function CallLog({ databaseId }: { databaseId: string }) {
  const { filter, openId, change } = useCallAddress();
  return (
    <FilteredCalls
      // Another filter is another list.
      key={`${databaseId} ${JSON.stringify(filter)}`}
      databaseId={databaseId}
      filter={filter}
      openId={openId}
      onChange={change}
    />
  );
}

type FilteredCallsProps = {
  databaseId: string;
  filter: CallFilter;
  openId: string | null;
  onChange: (changes: Record<string, string | null>) => void;
};

const namesOf = (listed: readonly { name: string }[] | undefined): string[] => listed?.map(({ name }) => name) ?? [];

function FilteredCalls({ databaseId, filter, openId, onChange }: FilteredCallsProps) {
  const { deployment, calls, error, loading, refetch, showOlder } = useCallList(databaseId, toInput(filter));
  const isFiltered = FILTER_KEYS.some((key) => filter[key] !== null);
  const slowestMs = Math.max(0, ...calls.map(({ durationMs }) => durationMs));
  const tools = [
    ...namesOf(deployment?.tools),
    ...namesOf(deployment?.prompts),
    ...calls.flatMap(({ name }) => (name === '' ? [] : [name])),
  ];
  const clients = calls.flatMap(({ clientName }) => (clientName ? [clientName] : []));
  const clear = () => onChange(Object.fromEntries(FILTER_KEYS.map((key) => [key, null])));

  return (
    <Panel flush label="Calls">
      <CallFilters filter={filter} tools={tools} clients={clients} onChange={onChange} />
      {deployment && (
        <Recording
          id={deployment.id}
          isOn={deployment.recordsBodies}
          isOwner={deployment.viewerRole === 'OWN'}
          onChanged={refetch}
        />
      )}
      {filter.request !== null && (
        <p className={classes.note}>
          Only the calls of request {filter.request} are shown.{' '}
          <Button variant="default" size="compact-xs" onClick={clear}>
            Show all calls
          </Button>
        </p>
      )}
      {deployment && deployment.callsLost > 0 && (
        <p className={classes.note} role="status">
          {deployment.callsLost.toLocaleString()} {deployment.callsLost === 1 ? 'call is' : 'calls are'} missing: too
          many came at once to record them all.
        </p>
      )}
      {error && calls.length === 0 && <RequestFailure error={error} onRetry={refetch} />}
      {!deployment && !error && <Skeleton height={320} aria-busy="true" />}
      {deployment && calls.length === 0 && (
        <EmptyState
          icon={<IconActivity size={20} />}
          title={isFiltered ? 'No calls match these filters.' : 'No calls yet.'}
          action={
            isFiltered && (
              <Button variant="default" size="xs" onClick={clear}>
                Clear filters
              </Button>
            )
          }
        >
          {!isFiltered && 'Calls from clients and the playground appear here as they end.'}
        </EmptyState>
      )}
      {calls.length > 0 && (
        <>
          <div className={classes.head} aria-hidden>
            <span />
            <span>Time</span>
            <span>Call</span>
            <span>Outcome</span>
            <span>Client</span>
            <span>Duration</span>
            <span>Answer</span>
          </div>
          <ul className={classes.list} aria-label="Calls">
            {calls.map((call) => (
              <CallRow
                key={call.id}
                call={call}
                databaseId={databaseId}
                slowestMs={slowestMs}
                isOpen={call.id === openId}
                onToggle={() => onChange({ call: call.id === openId ? null : call.id })}
              />
            ))}
          </ul>
          {showOlder && (
            <div className={classes.more}>
              <Button variant="default" size="xs" loading={loading} onClick={showOlder}>
                Show older
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}
