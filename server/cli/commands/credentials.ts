import { parseAssignment } from '../assignments.ts';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment, findUsable } from '../find-deployment.ts';
import { printTable } from '../layout.ts';
import {
  DEPLOYMENT_FORM,
  OWN_VALUES,
  REMOVE_PERSONAL,
  SET_PERSONAL,
  UPDATE_CREDENTIALS,
} from '../operations/credentials.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { carryOut } from './intents.ts';

export type CredentialsOptions = { personal?: boolean };

/** Lists, sets and removes credentials: those that all callers share, or the caller's own. */
export async function credentials(
  shell: Shell,
  action: string,
  word: string,
  words: readonly string[],
  { personal = false }: CredentialsOptions,
): Promise<void> {
  if (action === 'ls') return list(shell, word, words, personal);
  if (action !== 'set' && action !== 'rm')
    throw usage(`“${oneLine(action)}” is not an action on credentials.`, 'Use ls, set or rm.');
  if (words.length === 0)
    throw usage(`Name what to ${action === 'set' ? 'set: NAME=VALUE, or NAME for this environment' : 'remove'}.`);
  const set = action === 'set' ? words.map((text) => parseAssignment('set', text, shell.env)) : [];
  const unset = action === 'rm' ? words : [];
  if (!personal) {
    return carryOut(shell, word, {
      doing: 'Changing credentials of',
      goal: 'running',
      ask: (client, { databaseId: id }) => client.ask(UPDATE_CREDENTIALS, { input: { id, set, unset } }),
    });
  }
  const api = await connect(shell);
  const { databaseId: deploymentId, name } = await findUsable(api, word);
  const { values } =
    action === 'set'
      ? await api.ask(SET_PERSONAL, { input: { deploymentId, values: set } })
      : await api.ask(REMOVE_PERSONAL, { input: { deploymentId, names: unset } });
  if (shell.json) return printJson(shell, values);
  const held = values?.set.length ? `holds your own ${values.set.map(oneLine).join(', ')}` : 'holds no key of yours';
  shell.terminal.out.line(`${oneLine(name)} ${held}.`);
}

async function list(shell: Shell, word: string, words: readonly string[], personal: boolean): Promise<void> {
  if (words.length > 0) throw usage('catwalk credentials ls takes a deployment alone.');
  const api = await connect(shell);
  const { databaseId: id } = personal ? await findUsable(api, word) : await findDeployment(api, word);
  const own = (await api.ask(OWN_VALUES, { id }))?.set ?? [];
  if (personal) {
    if (shell.json) return printJson(shell, { set: own });
    return shell.terminal.out.line(own.length === 0 ? 'No key of yours is set.' : own.map(oneLine).join('\n'));
  }
  const form = await api.ask(DEPLOYMENT_FORM, { id });
  if (!form) throw new CliFailure('NOT_FOUND', 'The deployment was deleted.');
  const known = new Set(form.credentialFields.map(({ name }) => name));
  const names = [...known, ...form.credentialsSet.filter((name) => !known.has(name))];
  const rows = names.map((name) => {
    const isPersonal = form.personalFields.includes(name);
    const isSet = (isPersonal ? own : form.credentialsSet).includes(name);
    return { name, personal: isPersonal, set: isSet };
  });
  if (shell.json) return printJson(shell, rows);
  const { out } = shell.terminal;
  if (rows.length === 0) return out.line('The server has no credentials.');
  const cells = rows.map((row) => [
    oneLine(row.name),
    row.personal ? 'personal' : 'shared',
    row.set ? (row.personal ? 'your own is set' : 'set') : 'not set',
  ]);
  printTable(out, [['NAME', 'WHOSE', 'VALUE'], ...cells]);
}
