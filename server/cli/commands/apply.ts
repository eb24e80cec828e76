import { dirname, resolve } from 'node:path';
import { createPlanRunner, type Done } from '../apply/carry-out-plan.ts';
import { decidePlan, type Plan, type Step, titleOf } from '../apply/plan.ts';
import { loadPresent } from '../apply/present.ts';
import { readManifest } from '../apply/read-manifest.ts';
import { canAsk, confirms } from '../ask.ts';
import { connect } from '../connection.ts';
import { CliFailure, enrich, usage } from '../failure.ts';
import { count } from '../layout.ts';
import { absoluteSource } from '../local-source.ts';
import { oneLine } from '../printable.ts';
import { progressOutput } from '../progress.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Color, Output } from '../terminal.ts';
import { createTimeline } from '../timeline.ts';

export type ApplyOptions = { file: string; plan?: boolean; prune?: boolean; yes?: boolean };

/** Makes deployments, views and bundles as a file describes them: shows what differs, asks, and changes it. */
export async function apply(shell: Shell, options: ApplyOptions): Promise<void> {
  const path = resolve(shell.cwd, options.file);
  const manifest = await readManifest(path, options.file);
  const client = await connect(shell);
  const present = await loadPresent(client, manifest);
  const sourceOf = (source: string) => absoluteSource(source, dirname(path));
  const plan = decidePlan(manifest, present, { env: shell.env, prune: options.prune ?? false, sourceOf });
  const { out } = shell.terminal;
  if (!shell.json) printPlan(out, plan);
  if (plan.missing.length > 0 && options.plan !== true) throw missingFailure(plan);
  if (options.plan || plan.steps.length === 0)
    return shell.json ? printJson(shell, { ...plan, applied: false, done: [] }) : undefined;
  if (!(await agrees(shell, plan, options))) return out.line('Nothing was changed.');
  const run = createPlanRunner({
    shell,
    client,
    timeline: createTimeline(progressOutput(shell)),
    signal: shell.interruption(),
    manifest,
    present,
    sourceOf,
    confirm: options.yes ?? false,
  });
  const done: Done[] = [];
  for (const step of plan.steps) {
    try {
      done.push(await run(step));
    } catch (error) {
      if (!shell.json) printTokens(out, done);
      throw failedAt(step, plan, done, error);
    }
  }
  if (shell.json) return printJson(shell, { ...plan, applied: true, done });
  printTokens(out, done);
  out.line(`Done: ${count(done.length, 'change')}.`);
}

const MARKS: Record<Step['action'], readonly [Color, string]> = {
  create: ['green', '+'],
  update: ['yellow', '~'],
  delete: ['red', '-'],
};

function printPlan(out: Output, { steps, missing, notes }: Plan): void {
  for (const step of steps) {
    const [color, mark] = MARKS[step.action];
    out.line(`${out.paint(color, mark)} ${step.action} ${step.kind} ${oneLine(titleOf(step))}`);
    for (const { field, before, after } of step.changes)
      out.line(`    ${oneLine(field)}: ${shown(before)} → ${shown(after)}`);
  }
  for (const note of notes) out.line(out.paint('dim', `  ${oneLine(note)}`));
  for (const { variable, field } of missing)
    out.line(out.paint('red', `  ${oneLine(variable)} is not set: ${oneLine(field)} takes its value from there.`));
  if (steps.length === 0) out.line('Nothing to change: the server has what the file describes.');
}

const shown = (value: unknown): string =>
  value === null ? 'not set' : oneLine(typeof value === 'string' ? value : JSON.stringify(value));

function missingFailure({ missing, ...plan }: Plan): CliFailure {
  const names = [...new Set(missing.map(({ variable }) => variable))];
  return new CliFailure(
    'MISSING_CREDENTIAL',
    `${count(names.length, 'variable')} of the file ${names.length === 1 ? 'is' : 'are'} not set. Nothing was changed.`,
    {
      hint: `Set ${names.join(', ')} in the environment of the command.`,
      fields: missing.map(({ variable, field }) => ({ field: variable, message: `is needed by ${field}` })),
      json: { ...plan, missing, applied: false, done: [] },
    },
  );
}

/** Asks once for the plan, and once more for what is deleted. Without a terminal, --yes is the answer. */
async function agrees(shell: Shell, plan: Plan, { yes }: ApplyOptions): Promise<boolean> {
  if (yes) return true;
  if (!canAsk(shell))
    throw usage('Add --yes to carry out the plan, or --plan to print it alone.', undefined, {
      ...plan,
      applied: false,
    });
  if (!(await confirms(shell, `Carry out ${count(plan.steps.length, 'change')}?`))) return false;
  const deleted = plan.steps.filter(({ action }) => action === 'delete').map(titleOf);
  if (deleted.length === 0) return true;
  const names = deleted.map(oneLine).join(', ');
  return confirms(shell, `Delete ${names}, with credentials, tokens and logs? This cannot be undone.`);
}

function failedAt(step: Step, plan: Plan, done: readonly Done[], error: unknown): unknown {
  if (!(error instanceof CliFailure)) return error;
  const rest = plan.steps.length - done.length - 1;
  const left = rest === 0 ? '' : ` ${count(rest, 'change')} after it ${rest === 1 ? 'was' : 'were'} not begun.`;
  const what = `${step.action} ${step.kind} ${oneLine(titleOf(step))}`;
  const more = `It failed at: ${what}.${left} Run the command again to go on.`;
  return enrich(error, {
    hint: error.hint === null ? more : `${error.hint}\n${more}`,
    json: { ...plan, applied: false, done, failed: { ...step, outcome: error.json } },
  });
}

function printTokens(out: Output, done: readonly Done[]): void {
  for (const { name, endpointUrl, accessToken } of done) {
    if (endpointUrl === undefined) continue;
    out.line(`${oneLine(name)}  ${endpointUrl}`);
    if (accessToken) out.line(`  token (shown once): ${accessToken}`);
  }
}
