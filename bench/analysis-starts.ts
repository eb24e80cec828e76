import { recordFigure } from './figures.ts';
import { deployByForm, deployByHand, dummyOf, type Outcome, withWorkshop } from './form-deployment.ts';
import { type FormServer, formServers } from './form-servers.ts';

const ANSWERED_MIN = 0.95;

const dummyFor = (name: string, folder: string): string => dummyOf(name, 'TEXT', folder);

/** The launch of a person who has read the code: what is always given, and what is needed or usually needed. */
function launchOf(server: FormServer, folder: string): { args: string[]; env: Record<string, string> } {
  const needed = Object.entries(server.variables).filter(([, need]) => need !== 'optional');
  const args = Object.entries(server.arguments).flatMap(([name, need]) =>
    need !== 'required' ? [] : name.startsWith('<') ? [dummyFor(name, folder)] : [name, dummyFor(name, folder)],
  );
  return {
    args: [...server.fixed, ...args],
    env: Object.fromEntries(needed.map(([name]) => [name, dummyFor(name, folder)])),
  };
}

/**
 * Deploys each package with its form filled in as a careful person does: what is demanded and what is usually needed.
 * Those that do not run are started by hand too: a package that no launch with dummies gets running counts for nothing.
 */
export async function startForms(options: {
  only: string | undefined;
  truths: string | undefined;
  untouched: boolean;
}): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  await withWorkshop(async (workshop) => {
    for (const server of await formServers(options.only, options.truths)) {
      if (!server.verdicts.includes('MCP_SERVER') || server.untouched !== options.untouched) continue;
      const source = `${server.package}@${server.version}`;
      const byForm = await deployByForm(source, 'usual', workshop);
      const { args, env } = launchOf(server, workshop.folder);
      const byHand: Outcome | null =
        byForm.status === 'RUNNING' ? null : await deployByHand(source, args, env, workshop);
      rows.push({
        server: server.package,
        form: `${byForm.status} ${byForm.code}`,
        tools: byForm.tools,
        hand: byHand ? `${byHand.status} ${byHand.code}` : '',
      });
      process.stderr.write(`${source}: ${byForm.status} ${byForm.code}${byHand ? `, by hand ${byHand.status}` : ''}\n`);
    }
  });
  console.table(rows);
  const runs = rows.filter(({ form }) => String(form).startsWith('RUNNING')).length;
  const missed = rows.filter(({ hand }) => String(hand).startsWith('RUNNING')).length;
  if (runs + missed === 0) return;
  const title = options.untouched ? 'forms, untouched' : 'forms';
  recordFigure(`${title}: RUNNING at once, filled in with care`, runs / (runs + missed), '', { atLeast: ANSWERED_MIN });
  console.log(`${runs} of ${runs + missed} that run by hand; ${rows.length - runs - missed} run with no dummies.`);
}
