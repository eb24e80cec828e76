import { knownLimits } from '#server/connect/guides.ts';
import { connect } from '../connection.ts';
import { CliFailure } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { duration } from '../layout.ts';
import { DIAGNOSE, type DiagnosisStep, INSPECT_INSTALLATION } from '../operations/doctor.ts';
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
  if (shell.json) return printJson(shell, json);
  out.line();
  out.line('If a client still has trouble, it may be a limit of that client:');
  for (const { sign, remedy, clients } of knownLimits()) {
    out.line(`- ${sign} ${remedy}`);
    out.line(out.paint('dim', `  Seen with ${clients.join(', ')}.`));
  }
}

/** Prints what the server itself can say about its installation: its version, and the walls around its machines. */
export async function doctorOfInstallation(shell: Shell): Promise<void> {
  const client = await connect(shell);
  const installation = await client.ask(INSPECT_INSTALLATION, {});
  if (shell.json) return printJson(shell, installation);
  const { version, machines, isolation } = installation;
  const { out } = shell.terminal;
  printStep(out, { title: 'Server', state: 'PASSED', seen: `Catwalk ${version} answers.`, hint: null });
  if (isolation === null) {
    const seen = machines === 'FLY' ? 'Every server has a machine of its own on Fly.io.' : 'Another process runs them.';
    return printStep(out, { title: 'Machines', state: 'PASSED', seen, hint: null });
  }
  const { boxed, summary, hint } = isolation;
  printStep(out, { title: 'Machines', state: boxed ? 'PASSED' : 'WARNING', seen: summary, hint });
}

type PrintedStep = Pick<DiagnosisStep, 'title' | 'state' | 'seen' | 'hint'> & { durationMs?: number };

function printStep(out: Output, { title, state, seen, hint, durationMs }: PrintedStep): void {
  const [mark, color] = isKnown(state) ? MARKS[state] : ([state.toLowerCase(), 'dim'] as const);
  const took = state === 'SKIPPED' || durationMs === undefined ? '' : out.paint('dim', `  ${duration(durationMs)}`);
  out.line(`${out.paint(color, mark)} ${out.paint('bold', title)}${took}`);
  out.line(`  ${oneLine(seen)}`);
  if (hint) out.line(`  ${out.paint(color, '→')} ${oneLine(hint)}`);
}
