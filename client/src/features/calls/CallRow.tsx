import { Button } from '@mantine/core';
import { IconChevronRight, IconFlask } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { CallRow_CallFragment } from '../../generated/graphql.ts';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { formatBytes } from '../../ui/data/bytes.ts';
import { formatDuration } from '../../ui/data/duration.ts';
import { CopyButton } from '../../ui/inputs/CopyButton.tsx';
import { CallBodies, useCallBodies } from './CallBodies.tsx';
import classes from './Calls.module.css';
import { Outcome } from './Outcome.tsx';

export const CallRowFragment = graphql(`
  fragment CallRow_call on Call {
    id
    at
    method
    name
    outcome
    errorCode
    status
    durationMs
    waitedMs
    bytesIn
    bytesOut
    clientName
    clientVersion
    callerKind
    callerName
    releaseNumber
    sessionId
    requestId
    era
    hasBodies
  }
`);

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' });

const PLAYGROUND_KINDS: Record<string, string> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
};
const RIGHTS: Record<string, string> = { token: 'Token', oauth: 'OAuth client', public: 'Public access' };

type CallRowProps = {
  call: FragmentType<typeof CallRowFragment>;
  databaseId: string;
  /** The slowest call of the list, in milliseconds: the whole width of a bar. */
  slowestMs: number;
  isOpen: boolean;
  onToggle: () => void;
};

/** One call: a line that opens to its details. */
export function CallRow({ call: given, databaseId, slowestMs, isOpen, onToggle }: CallRowProps) {
  const call = readFragment(CallRowFragment, given);
  const at = new Date(call.at);
  const code = call.outcome === 'REFUSED' && call.status ? `${call.status}` : (call.errorCode ?? null);
  const width = slowestMs === 0 ? 0 : Math.max(1, (100 * call.durationMs) / slowestMs);
  return (
    <li className={classes.item} data-open={isOpen || undefined}>
      <button type="button" className={classes.row} aria-expanded={isOpen} onClick={onToggle}>
        <IconChevronRight className={classes.chevron} size={14} aria-hidden />
        <time className={classes.time} dateTime={call.at} title={exact.format(at)}>
          {time.format(at)}
        </time>
        <span className={classes.name}>
          {call.name !== '' ? call.name : <span className="muted">{call.method || 'A request'}</span>}
          {call.name !== '' && call.method !== 'tools/call' && <span className={classes.method}>{call.method}</span>}
        </span>
        <Outcome outcome={call.outcome} code={code} />
        <span className={classes.client}>{call.clientName ?? call.callerName ?? ''}</span>
        <span className={classes.duration}>
          <span className={classes.bar} style={{ width: `${width}%` }} aria-hidden />
          <span>{formatDuration(call.durationMs)}</span>
        </span>
        <span className={classes.size}>{formatBytes(call.bytesOut)}</span>
      </button>
      {isOpen && <CallDetails call={call} databaseId={databaseId} />}
    </li>
  );
}

function CallDetails({ call, databaseId }: { call: CallFields; databaseId: string }) {
  const kind = PLAYGROUND_KINDS[call.method];
  const link = new URLSearchParams({ ...(call.requestId ? { request: call.requestId } : {}), call: call.id });
  const read = useCallBodies(databaseId, call.id, call.hasBodies);
  const facts = factsOf(call).filter(([, value]) => value !== '');
  return (
    <div className={classes.details}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <CallBodies {...read} />
      <div className={classes.actions}>
        {kind && call.name !== '' && (
          <Button
            component={Link}
            to={`${deploymentPath(databaseId)}/playground?${new URLSearchParams({ [kind]: call.name })}`}
            state={{ arguments: read.bodies?.arguments ?? null }}
            variant="default"
            size="xs"
            leftSection={<IconFlask size={14} />}
          >
            Run again in the playground
          </Button>
        )}
        <CopyButton
          value={`${window.location.origin}${deploymentPath(databaseId)}/calls?${link}`}
          label="Copy link to this call"
          text="Copy link"
        />
      </div>
    </div>
  );
}

type CallFields = CallRow_CallFragment;

function factsOf(call: CallFields): (readonly [string, string])[] {
  const right = call.callerKind ? (RIGHTS[call.callerKind] ?? call.callerKind) : 'None';
  return [
    ['Method', call.method],
    ['Time', exact.format(new Date(call.at))],
    ['Duration', formatDuration(call.durationMs)],
    ['Waited for an answer of the client', call.waitedMs > 0 ? formatDuration(call.waitedMs) : ''],
    ['Request', formatBytes(call.bytesIn)],
    ['Answer', call.bytesOut === 0 ? 'None' : formatBytes(call.bytesOut)],
    ['Error code', call.errorCode ?? ''],
    ['HTTP status', call.status ? String(call.status) : ''],
    ['Client', [call.clientName, call.clientVersion].filter(Boolean).join(' ')],
    ['Access', call.callerName ? `${right} “${call.callerName}”` : right],
    ['Release', call.releaseNumber ? `#${call.releaseNumber}` : ''],
    ['Protocol', call.era === 'modern' ? 'MCP 2026-07-28 or newer' : 'MCP 2025-11-25 or older'],
    ['Session', call.sessionId ?? ''],
    ['Request ID', call.requestId ?? ''],
  ];
}
