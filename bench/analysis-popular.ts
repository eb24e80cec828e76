import { npmCandidate } from '#server/domain/analysis/candidates/npm-candidate.ts';
import { createNpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { readNpmConfiguration } from '#server/domain/analysis/registries/npm-configuration.ts';
import { recordFigure } from './figures.ts';
import { type PopularServer, popularServers } from './popular-servers.ts';

const SERVER_MS_MAX = 60_000;

/** One server, looked up and read as an analysis does, from wherever npm's own configuration says. */
async function analyze(name: string) {
  const configuration = await readNpmConfiguration({ env: process.env, cwd: process.cwd() });
  const npm = createNpmRegistry({ configuration });
  const since = performance.now();
  const signal = AbortSignal.timeout(SERVER_MS_MAX);
  const found = await npm.getPackage(name, null, signal);
  const files = await npm.readPackage(found, signal);
  const { candidate } = npmCandidate(found, files, { verified: true, now: new Date() });
  return { candidate, seconds: (performance.now() - since) / 1_000 };
}

function score({ reads, aside }: PopularServer, { candidate }: Awaited<ReturnType<typeof analyze>>) {
  const shown = new Map(candidate.credentials.map((field) => [field.name, field]));
  const missing = reads.filter((name) => !shown.has(name));
  // what only matters elsewhere may stand under "advanced", and nowhere else
  const judged = candidate.credentials.filter(({ name, advanced }) => !(advanced && aside.includes(name)));
  const wrong = judged.filter(({ name }) => !reads.includes(name)).map(({ name }) => name);
  return { missing, wrong, found: reads.length - missing.length, judged: judged.length };
}

/** The analysis of popular servers by npm name, their tarballs included, against what their code really reads. */
export async function scorePopular(options: { only: string | undefined; verbose: boolean }): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  let [wanted, found, judged, correct] = [0, 0, 0, 0];
  for (const server of await popularServers(options.only)) {
    try {
      const outcome = await analyze(server.package);
      const scored = score(server, outcome);
      wanted += server.reads.length;
      found += scored.found;
      judged += scored.judged;
      correct += scored.judged - scored.wrong.length;
      const { candidate } = outcome;
      rows.push({
        server: `${server.package} ${candidate.version}`,
        verdict: candidate.deployable ? candidate.verdict : `${candidate.verdict}, not deployable`,
        fields: candidate.credentials.length,
        plain: candidate.credentials.filter((field) => !field.advanced).length,
        required: candidate.credentials.filter((field) => field.required).length,
        recall: `${scored.found}/${server.reads.length}`,
        precision: `${scored.judged - scored.wrong.length}/${scored.judged}`,
        seconds: outcome.seconds.toFixed(2),
      });
      if (options.verbose && scored.missing.length + scored.wrong.length > 0)
        console.log(`${server.package}\n   -${scored.missing.join(' -')}\n   +${scored.wrong.join(' +')}`);
    } catch (error) {
      rows.push({ server: server.package, verdict: error instanceof Error ? error.message : String(error) });
    }
  }
  recordFigure('popular servers: variables, recall', found / wanted, '', { atLeast: 0.92 });
  recordFigure('popular servers: variables, precision', correct / judged);
  console.table(rows);
  console.table({
    'variables recall': { is: (found / wanted).toFixed(3), goal: '≥ 0.92' },
    'variables precision': { is: (correct / judged).toFixed(3), goal: 'reported' },
  });
}
