import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { count, duration, padded, words } from '../layout.ts';
import {
  CALL_BODY_HISTORY,
  CALL_HISTORY,
  type CallLine,
  DEPLOYMENT_CALLS,
  RECORD_BODIES,
} from '../operations/calls.ts';
import { oneLine, printable } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Color } from '../terminal.ts';

export type CallsOptions = {
  follow?: boolean;
  limit: number;
  errors?: boolean;
  tool?: string;
  client?: string;
  slower?: number;
  bodies?: boolean;
  record?: string;
};

/** What `--errors` prints. */
const FAILED = ['TOOL_ERROR', 'PROTOCOL_ERROR', 'CANCELLED', 'TIMED_OUT', 'REFUSED'];
const COLORS: Record<string, Color> = { OK: 'green', CANCELLED: 'yellow', INPUT_REQUIRED: 'cyan' };
const OUTCOME_COLUMNS = 14;
const DURATION_COLUMNS = 9;

/** Prints the newest calls of clients, the oldest first; with --follow also every call that is recorded from then on. */
export async function calls(shell: Shell, id: string, options: CallsOptions): Promise<void> {
  const client = await connect(shell);
  const { databaseId } = await findDeployment(client, id);
  if (options.record !== undefined) return record(shell, client, databaseId, options.record);
  const signal = shell.interruption();
  const { err } = shell.terminal;
  const filter = {
    ...(options.errors ? { outcomes: FAILED } : {}),
    ...(options.tool === undefined ? {} : { name: options.tool }),
    ...(options.client === undefined ? {} : { client: options.client }),
    ...(options.slower === undefined ? {} : { slowerThanMs: options.slower }),
  };
  const found = await client.ask(
    options.bodies ? CALL_BODY_HISTORY : CALL_HISTORY,
    { id: databaseId, first: options.limit, filter },
    signal,
  );
  if (!found) throw new CliFailure('NOT_FOUND', 'The deployment was deleted in the meantime.');
  for (const { node } of found.calls.edges.reverse()) print(shell, node);
  if (found.callsLost > 0 && !shell.json)
    err.line(`${count(found.callsLost, 'call')} came faster than they could be recorded, and are missing.`);
  if (!options.follow) {
    if (found.calls.edges.length === 0 && !shell.json) err.line('No calls match.');
    return;
  }
  const onLost = () => err.line('Connection to the server lost. Reconnecting …');
  for await (const call of client.follow(DEPLOYMENT_CALLS, { id: databaseId, filter }, { signal, onLost }))
    print(shell, call);
}

async function record(shell: Shell, client: GraphqlClient, id: string, wanted: string): Promise<void> {
  if (wanted !== 'on' && wanted !== 'off') throw usage('--record takes on or off.');
  const result = await client.ask(RECORD_BODIES, { input: { id, recordsBodies: wanted === 'on' } });
  if (shell.json) return printJson(shell, result);
  shell.terminal.out.line(
    result.recordsBodies
      ? `Arguments and results of calls of ${oneLine(result.name)} are recorded from now on. Credentials are redacted, and only owners can read them.`
      : `Arguments and results of calls of ${oneLine(result.name)} are no longer recorded.`,
  );
}

function print(shell: Shell, call: CallLine): void {
  const { out } = shell.terminal;
  if (shell.json) {
    out.line(JSON.stringify(call));
    return;
  }
  const { outcome, errorCode, status } = call;
  const code = outcome === 'REFUSED' ? `${status ?? ''} ${errorCode ?? ''}`.trim() : (errorCode ?? '');
  const who = [call.clientName, call.callerName ?? call.callerKind].filter((part) => part !== null).join(' · ');
  const cells = [
    out.paint('dim', call.at.replace('T', ' ').replace(/\..*$/, '')),
    out.paint(COLORS[outcome] ?? 'red', padded(words(outcome), OUTCOME_COLUMNS)),
    duration(call.durationMs).padStart(DURATION_COLUMNS),
    printable([call.method || '(unread)', call.name, code === '' ? '' : `(${code})`].filter(Boolean).join(' ')),
    out.paint('dim', printable(who)),
  ];
  out.line(cells.join('  ').trimEnd());
  for (const text of [call.bodies?.arguments, call.bodies?.result]) if (text) out.line(`    ${printable(text)}`);
}
