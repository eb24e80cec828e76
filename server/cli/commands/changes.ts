import { canAsk, confirms } from '../ask.ts';
import { connect } from '../connection.ts';
import { usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { count } from '../layout.ts';
import {
  APPROVE_DEFINITIONS,
  type ChangedDefinitions,
  DEFINITIONS,
  SET_DEFINITION_POLICY,
} from '../operations/definitions.ts';
import { oneLine, printable } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Color, Output } from '../terminal.ts';

export type ChangesOptions = { policy?: string };

const POLICIES = {
  notify: 'Clients see changed definitions, and you are notified.',
  hold: 'Clients see what you agreed to until you approve a change.',
  allow: 'Changed definitions count as agreed to.',
} as const;

const isPolicy = (text: string): text is keyof typeof POLICIES => Object.hasOwn(POLICIES, text);
const upper = (policy: keyof typeof POLICIES) => policy.toUpperCase() as Uppercase<keyof typeof POLICIES>; // the names of the schema

/** Prints how the definitions of a server differ from what was agreed to, or chooses what happens to changes. */
export async function changes(shell: Shell, word: string, { policy }: ChangesOptions): Promise<void> {
  if (policy !== undefined && !isPolicy(policy))
    throw usage(`There is no policy "${policy}". Policies: ${Object.keys(POLICIES).join(', ')}.`);
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const found =
    policy === undefined
      ? await client.ask(DEFINITIONS, { id })
      : await client.ask(SET_DEFINITION_POLICY, { id, policy: upper(policy) });
  if (shell.json) return printJson(shell, found);
  if (found !== null) print(shell.terminal.out, found);
}

/** Approves the changes of a server, after it has shown them. */
export async function approve(shell: Shell, word: string, { yes }: { yes?: boolean }): Promise<void> {
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const found = await client.ask(DEFINITIONS, { id });
  const key = found?.definitions?.key ?? null;
  if (found === null || key === null) throw usage('No change waits for approval.');
  if (!shell.json) print(shell.terminal.out, found);
  if (yes !== true) {
    if (!canAsk(shell)) throw usage('Add --yes to approve the changes.');
    if (!(await confirms(shell, 'Approve these changes?'))) throw usage('Nothing was approved.');
  }
  const approved = await client.ask(APPROVE_DEFINITIONS, { input: { id, key } });
  if (shell.json) return printJson(shell, approved);
  shell.terminal.out.line('Approved. Clients see the changed definitions from now on.');
}

const MARKS: Record<string, readonly [Color, string]> = {
  ADDED: ['green', '+'],
  REMOVED: ['red', '-'],
  CHANGED: ['yellow', '~'],
};

function print(out: Output, { name, definitions }: ChangedDefinitions): void {
  const policy = definitions?.policy.toLowerCase() ?? 'notify';
  out.line(`${oneLine(name)}: ${policy}. ${isPolicy(policy) ? POLICIES[policy] : ''}`);
  const list = definitions?.changes ?? [];
  if (list.length === 0) {
    out.line('The server offers what you agreed to.');
    return;
  }
  const held = definitions?.heldCount ?? 0;
  out.line(`${count(list.length, 'change')}, ${held} to review`);
  for (const change of list) {
    const [color, mark] = MARKS[change.change] ?? ['dim', '?'];
    const what =
      change.capability === 'INSTRUCTIONS'
        ? 'instructions'
        : `${change.capability.toLowerCase()} ${oneLine(change.name)}`;
    const isHeld = change.isHeld && policy === 'hold' ? ' (held)' : '';
    out.line(`  ${out.paint(color, mark)} ${what}${isHeld}`);
    for (const reason of change.reasons) out.line(`      ${oneLine(reason)}`);
    if (change.change !== 'CHANGED') continue;
    for (const { field, before, after } of change.fields) {
      out.line(`      ${oneLine(field)}:`);
      for (const line of linesOf(before)) out.line(out.paint('red', `        - ${line}`));
      for (const line of linesOf(after)) out.line(out.paint('green', `        + ${line}`));
    }
  }
}

const linesOf = (text: string | null): string[] => (text === null ? [] : text.split('\n').map(printable));
