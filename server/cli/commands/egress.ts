import { connect } from '../connection.ts';
import { isPolicy, POLICIES, parsePolicy } from '../egress-policy.ts';
import { findDeployment } from '../find-deployment.ts';
import { EGRESS, LIMIT_EGRESS } from '../operations/egress.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type EgressOptions = { policy?: string; allow?: string[]; remove?: string[] };

/** Prints what a server may reach and what its walls have stopped, or changes the policy and its list. */
export async function egress(shell: Shell, word: string, { policy, allow, remove }: EgressOptions): Promise<void> {
  const chosenPolicy = policy === undefined ? {} : { egress: parsePolicy(policy) };
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const before = await client.ask(EGRESS, { id });
  const hosts = before?.egress.hosts ?? [];
  const egressHosts = [...hosts.filter((host) => !remove?.includes(host)), ...(allow ?? [])];
  const changes = policy !== undefined || allow !== undefined || remove !== undefined;
  const input = { id, egressHosts, ...chosenPolicy };
  const found = changes ? await client.ask(LIMIT_EGRESS, { input }) : before;
  if (shell.json) return printJson(shell, found);
  if (found === null) return;
  const { out } = shell.terminal;
  const chosen = found.egress.policy.toLowerCase();
  out.line(`${oneLine(found.name)} ${isPolicy(chosen) ? POLICIES[chosen] : found.egress.policy}.`);
  if (found.egress.hosts.length > 0) out.line(`Listed: ${oneLine(found.egress.hosts.join(', '))}`);
  const unlisted = found.egress.reached.filter((entry) => !found.egress.hosts.includes(entry));
  if (unlisted.length > 0) out.line(`Reached and not listed: ${oneLine(unlisted.join(' '))}`);
  if (found.egress.obstacle !== null) out.line(out.paint('dim', oneLine(found.egress.obstacle)));
  for (const { rule, subject, entry, count, lastAt } of found.containedActs) {
    const allowing = entry === null ? '' : `  (--allow ${oneLine(entry)})`;
    out.line(`${lastAt}  ${rule}  ${oneLine(subject)}  ${count}×${allowing}`);
  }
}
