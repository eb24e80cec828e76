import { connect } from '../connection.ts';
import { findDeployment } from '../find-deployment.ts';
import { count } from '../layout.ts';
import { ADVISORIES } from '../operations/advisories.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import type { Color } from '../terminal.ts';

const COLORS: Record<string, Color> = { CRITICAL: 'red', HIGH: 'red', MODERATE: 'yellow' };

/** Prints the advisories about the packages of a deployed server, the gravest first. */
export async function advisories(shell: Shell, word: string): Promise<void> {
  const client = await connect(shell);
  const { databaseId: id } = await findDeployment(client, word);
  const found = await client.ask(ADVISORIES, { id });
  if (shell.json) return printJson(shell, found);
  const { out } = shell.terminal;
  const check = found?.packageCheck ?? null;
  if (check === null || (check.checkedAt === null && check.problem === null)) {
    out.line('The packages of this server were not compared with known advisories.');
    return;
  }
  if (check.problem !== null) out.line(out.paint('yellow', oneLine(check.problem)));
  out.line(`${count(check.packageCount, 'package')}, ${check.advisories.length} with a known advisory`);
  for (const { advisoryId, severity, package: name, version, fixed, summary, url } of check.advisories) {
    const fix = fixed === null ? 'no fixed version' : `fixed in ${oneLine(fixed)}`;
    out.line(`  ${out.paint(COLORS[severity] ?? 'dim', severity)}  ${oneLine(name)} ${oneLine(version)}  ${fix}`);
    out.line(`      ${oneLine(advisoryId)}  ${oneLine(summary)}`);
    if (url !== null) out.line(out.paint('dim', `      ${oneLine(url)}`));
  }
}
