import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { printTable } from '../layout.ts';
import { LIST_SHARES, LIST_TEAMS, SHARE, type Share, UNSHARE } from '../operations/sharing.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { findTeam } from './teams.ts';

export type ShareOptions = { team?: string; everyone?: boolean; role?: string; remove?: boolean };

const ROLES = ['use', 'operate', 'own'];

/** Lists with whom a deployment is shared, shares it, or ends a share. */
export async function share(
  shell: Shell,
  word: string,
  person: string | undefined,
  { team, everyone, role, remove }: ShareOptions,
): Promise<void> {
  const targets = [person, team, everyone || undefined].filter((one) => one !== undefined);
  if (targets.length > 1) throw usage('Name a person, --team or --everyone, and only one of them.');
  if (targets.length === 0 && (role !== undefined || remove)) throw usage('Name a person, --team or --everyone.');
  if (role !== undefined && remove) throw usage('Use either --role or --remove.');
  if (role !== undefined && !ROLES.includes(role))
    throw usage(`“${oneLine(role)}” is not a role.`, `Use one of ${ROLES.join(', ')}.`);
  const api = await connect(shell);
  const { databaseId: deploymentId, name } = await findDeployment(api, word);
  if (targets.length === 0 || remove) {
    const found = await api.ask(LIST_SHARES, { id: deploymentId });
    if (!found) throw new CliFailure('NOT_FOUND', 'The deployment was deleted.');
    if (!remove) return print(shell, found);
    const wanted = team ?? person ?? '';
    const one = found.shares.find((candidate) => (everyone ? candidate.everyone : isFor(candidate, wanted, team)));
    if (!one) throw new CliFailure('NOT_FOUND', `${oneLine(name)} is not shared with ${nameOf(everyone, wanted)}.`);
    const { deployment } = await api.ask(UNSHARE, { shareId: one.id });
    if (shell.json) return printJson(shell, deployment?.shares ?? []);
    return shell.terminal.out.line(`${oneLine(name)} is no longer shared with ${nameOf(everyone, wanted)}.`);
  }
  const to =
    person !== undefined
      ? { person }
      : everyone
        ? { everyone: true }
        : { teamId: findTeam(await api.ask(LIST_TEAMS), team ?? '').id };
  const { deployment } = await api.ask(SHARE, {
    input: { deploymentId, role: (role ?? 'use').toUpperCase(), ...to },
  });
  if (deployment) print(shell, deployment);
}

const isFor = ({ personName, personEmail, team }: Share, wanted: string, isTeam: string | undefined): boolean =>
  isTeam === undefined
    ? personName?.toLowerCase() === wanted.trim().toLowerCase() || personEmail === wanted.trim().toLowerCase()
    : team?.name === wanted || team?.id === wanted;

const nameOf = (everyone: boolean | undefined, wanted: string): string => (everyone ? 'everyone' : oneLine(wanted));

function print(shell: Shell, { ownerName, shares }: { ownerName: string; shares: readonly Share[] }): void {
  if (shell.json) {
    printJson(shell, shares);
    return;
  }
  const { out } = shell.terminal;
  const rows = shares.map(({ personName, personEmail, team, role }) => [
    oneLine(team?.name ?? personName ?? 'everyone'),
    oneLine(personEmail ?? (team ? 'team' : '')),
    role.toLowerCase(),
  ]);
  printTable(out, [['WHO', '', 'ROLE'], [oneLine(ownerName), '', 'owner'], ...rows]);
}
