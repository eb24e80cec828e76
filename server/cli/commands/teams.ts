import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import {
  ADD_TEAM_MEMBER,
  CREATE_TEAM,
  DELETE_TEAM,
  LIST_TEAMS,
  REMOVE_TEAM_MEMBER,
  RENAME_TEAM,
  type Team,
} from '../operations/sharing.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type TeamsOptions = {
  create?: boolean;
  delete?: boolean;
  rename?: string;
  add?: string;
  manager?: boolean;
  remove?: string;
};

/** Lists the teams of the caller, or creates, changes or deletes one. */
export async function teams(shell: Shell, word: string | undefined, options: TeamsOptions): Promise<void> {
  const { create, delete: isDeleted, rename, add, manager, remove } = options;
  const changes = [create, isDeleted, rename, add, remove].filter((one) => one !== undefined);
  if (changes.length > 1) throw usage('Use only one of --create, --delete, --rename, --add and --remove.');
  if (changes.length > 0 && word === undefined) throw usage('Name the team.', 'Write catwalk teams NAME --create.');
  if (manager && add === undefined) throw usage('--manager goes with --add.');
  const api = await connect(shell);
  if (create) return print(shell, [(await api.ask(CREATE_TEAM, { name: word })).team]);
  const all = await api.ask(LIST_TEAMS);
  if (word === undefined) return print(shell, all);
  const team = findTeam(all, word);
  if (isDeleted) {
    await api.ask(DELETE_TEAM, { id: team.id });
    if (shell.json) return printJson(shell, team);
    return shell.terminal.out.line(`${oneLine(team.name)} is deleted.`);
  }
  if (rename !== undefined) return print(shell, [(await api.ask(RENAME_TEAM, { id: team.id, name: rename })).team]);
  if (add !== undefined) {
    const input = { teamId: team.id, person: add, manages: manager ?? false };
    return print(shell, [(await api.ask(ADD_TEAM_MEMBER, { input })).team]);
  }
  if (remove === undefined) return print(shell, [team]);
  const wanted = remove.trim().toLowerCase();
  const member = team.members.find(({ name, email }) => email === wanted || name.toLowerCase() === wanted);
  if (!member) throw new CliFailure('NOT_FOUND', `${oneLine(team.name)} has no member ${oneLine(remove)}.`);
  const input = { teamId: team.id, userId: member.userId };
  print(shell, [(await api.ask(REMOVE_TEAM_MEMBER, { input })).team]);
}

/** A team by its id or name. @throws CliFailure */
export function findTeam(all: readonly Team[], word: string): Team {
  const [team, ...others] = all.filter(({ id, name }) => id === word || name === word);
  if (!team)
    throw new CliFailure('NOT_FOUND', `You are in no team “${oneLine(word)}”.`, {
      hint: '`catwalk teams` lists yours.',
    });
  if (others.length === 0) return team;
  throw usage(
    `Several of your teams are called “${oneLine(word)}”.`,
    `Name one by its id: ${[team, ...others].map(({ id }) => id).join(', ')}`,
  );
}

function print(shell: Shell, all: readonly (Team | null)[]): void {
  const shown = all.filter((team) => team !== null); // null for a team that the caller has left
  if (shell.json) {
    printJson(shell, shown);
    return;
  }
  const { out } = shell.terminal;
  if (shown.length === 0) {
    out.line('You are in no team. --create makes one: catwalk teams NAME --create.');
    return;
  }
  for (const { name, members } of shown) {
    out.line(out.paint('bold', oneLine(name)));
    for (const member of members)
      out.line(`  ${oneLine(member.name)} ${oneLine(member.email)}${member.manages ? ' (manages the team)' : ''}`);
  }
}
