import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { printTable } from '../layout.ts';
import { LIST_MEMBERS, LOCK_MEMBER, type Member, type MemberPage, UNLOCK_MEMBER } from '../operations/members.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type MembersOptions = { lock?: string; unlock?: string };

/** Lists the members of the installation, or locks or unlocks one. Only for the administrator. */
export async function members(shell: Shell, { lock, unlock }: MembersOptions): Promise<void> {
  if (lock !== undefined && unlock !== undefined) throw usage('Use either --lock or --unlock.');
  const client = await connect(shell);
  const email = lock ?? unlock;
  if (email === undefined) {
    printMembers(shell, await listMembers(client));
    return;
  }
  const found = (await listMembers(client)).find((member) => member.email === email.trim().toLowerCase());
  if (!found) throw new CliFailure('NOT_FOUND', `No member has the address ${oneLine(email)}.`);
  const member = await client.ask(lock === undefined ? UNLOCK_MEMBER : LOCK_MEMBER, { id: found.id });
  if (shell.json) {
    printJson(shell, member);
    return;
  }
  const done = lock === undefined ? 'can sign in again' : 'is locked, and their deployments stop';
  shell.terminal.out.line(`${oneLine(member.name)} ${done}.`);
}

async function listMembers(client: GraphqlClient): Promise<Member[]> {
  const all: Member[] = [];
  let after: string | null = null;
  do {
    const page: MemberPage = await client.ask(LIST_MEMBERS, { after });
    all.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return all;
}

function printMembers(shell: Shell, all: readonly Member[]): void {
  if (shell.json) {
    printJson(shell, all);
    return;
  }
  const { out } = shell.terminal;
  if (all.length === 0) {
    out.line('No members yet. Invite people on the page Settings → Members.');
    return;
  }
  const rows = all.map(({ name, email, status, deployments }) => [
    oneLine(name),
    oneLine(email),
    status.toLowerCase(),
    String(deployments),
  ]);
  printTable(out, [['NAME', 'EMAIL', 'STATUS', 'DEPLOYMENTS'], ...rows]);
}
