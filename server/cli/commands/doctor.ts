import { connect } from '../connection.ts';
import { CliFailure } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { duration } from '../layout.ts';
import { DIAGNOSE, type DiagnosisStep } from '../operations/doctor.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Color, Output } from '../terminal.ts';

const MARKS = {
  PASSED: ['✓', 'green'],
  WARNING: ['!', 'yellow'],
  FAILED: ['✗', 'red'],
  SKIPPED: ['–', 'dim'],
} as const satisfies Record<string, readonly [string, Color]>;

const isKnown = (state: string): state is keyof typeof MARKS => Object.hasOwn(MARKS, state);

/** Prints each step that a client takes to connect; fails with the first failed step. */
export async function doctor(shell: Shell, id: string): Promise<void> {
  const client = await connect(shell);
  const { databaseId, endpointUrl } = await findDeployment(client, id);
  const { out, err } = shell.terminal;
  if (!shell.json && err.isTty) err.line(err.paint('dim', `Connecting to ${endpointUrl} …`));
  const steps = await client.ask(DIAGNOSE, { id: databaseId });
  const json = { endpointUrl, steps };
  if (!shell.json) for (const step of steps) printStep(out, step);
  const failed = steps.find(({ state }) => state === 'FAILED');
  if (failed) throw new CliFailure('CONNECTION_FAILED', `${failed.title}: ${failed.seen}`, { hint: failed.hint, json });
  if (shell.json) printJson(shell, json);
}

function printStep(out: Output, { title, state, seen, hint, durationMs }: DiagnosisStep): void {
  const [mark, color] = isKnown(state) ? MARKS[state] : ([state.toLowerCase(), 'dim'] as const);
  const took = state === 'SKIPPED' ? '' : out.paint('dim', `  ${duration(durationMs)}`);
  out.line(`${out.paint(color, mark)} ${out.paint('bold', title)}${took}`);
  out.line(`  ${oneLine(seen)}`);
  if (hint) out.line(`  ${out.paint(color, '→')} ${oneLine(hint)}`);
}
