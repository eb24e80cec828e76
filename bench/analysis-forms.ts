import { npmCandidate } from '#server/domain/analysis/candidates/npm-candidate.ts';
import { createNpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { readNpmConfiguration } from '#server/domain/analysis/registries/npm-configuration.ts';
import type { ServerCandidate } from '#server/domain/analysis/result.ts';
import { recordFigure } from './figures.ts';
import { type FormServer, formServers } from './form-servers.ts';

const SERVER_MS_MAX = 60_000;

/** Right answers among all of a kind. */
type Share = { right: number; all: number };
const MEASURES = [
  'verdict',
  'needs',
  'recall',
  'precision',
  'arguments',
  'subcommands',
  'defaults',
  'secrets',
] as const;
type Measure = (typeof MEASURES)[number];
type Score = Record<Measure, Share> & { demanded: string[]; notes: string[]; milliseconds: number };

const GOALS: Record<Measure, { words: string; atLeast: number }> = {
  verdict: { words: 'verdict right', atLeast: 0.98 },
  needs: { words: 'needs marked as needs', atLeast: 0.95 },
  recall: { words: 'variables, recall', atLeast: 0.97 },
  precision: { words: 'variables shown openly, precision', atLeast: 0.97 },
  arguments: { words: 'arguments, recall', atLeast: 0.92 },
  subcommands: { words: 'subcommands right', atLeast: 1 },
  defaults: { words: 'defaults right', atLeast: 0.95 },
  secrets: { words: 'secrets masked', atLeast: 1 },
};
const MEDIAN_MS_MAX = 300;

/** Reads a package as an analysis does. The time is that of the reading, without the download. */
async function analyze(server: FormServer) {
  const configuration = await readNpmConfiguration({ env: process.env, cwd: process.cwd() });
  const npm = createNpmRegistry({ configuration });
  const signal = AbortSignal.timeout(SERVER_MS_MAX);
  const found = await npm.getPackage(server.package, server.version, signal);
  const files = await npm.readPackage(found, signal);
  const since = performance.now();
  const { candidate } = npmCandidate(found, files, { verified: true, now: new Date() });
  return { candidate, milliseconds: performance.now() - since };
}

const share = (all: readonly string[], isRight: (name: string) => boolean, note: (name: string) => void): Share => {
  const wrong = all.filter((name) => !isRight(name));
  for (const name of wrong) note(name);
  return { right: all.length - wrong.length, all: all.length };
};

function score(server: FormServer, candidate: ServerCandidate, milliseconds: number): Score {
  const notes: string[] = [];
  const fields = new Map(candidate.credentials.map((field) => [field.name, field]));
  const given = new Map(candidate.arguments.map((field) => [field.flag ?? '<>', field]));
  const names = Object.keys(server.variables);
  const needed = names.filter((name) => server.variables[name] !== 'optional');
  const open = candidate.credentials.filter(({ advanced }) => !advanced).map(({ name }) => name);
  const places = Object.keys(server.arguments).map((name) => (name.startsWith('<') ? '<>' : name));
  // one of a group is demanded, whichever it is
  const isDemanded = (name: string) => {
    const field = fields.get(name);
    return field?.requirement === 'HARD' && server.variables[name] !== 'hard' && field.group === null;
  };
  const verdict = server.verdicts.includes(candidate.verdict);
  if (!verdict) notes.push(`verdict ${candidate.verdict}`);
  // a program that is not a server is not started
  const isFixed =
    !server.verdicts.includes('MCP_SERVER') || candidate.fixedArguments.join(' ') === server.fixed.join(' ');
  if (!isFixed) notes.push(`fixed "${candidate.fixedArguments.join(' ')}"`);
  return {
    verdict: { right: Number(verdict), all: 1 },
    needs: share(
      needed,
      (name) => fields.get(name)?.required === true || fields.get(name)?.requirement === 'LAZY',
      (name) => notes.push(`${name} is optional`),
    ),
    recall: share(
      names,
      (name) => fields.has(name),
      (name) => notes.push(`-${name}`),
    ),
    precision: share(
      open,
      (name) => name in server.variables,
      (name) => notes.push(`+${name}`),
    ),
    arguments: share(
      places,
      (name) => given.has(name),
      (name) => notes.push(`-${name}`),
    ),
    subcommands: server.fixed.length > 0 || !isFixed ? { right: Number(isFixed), all: 1 } : { right: 0, all: 0 },
    defaults: share(
      Object.keys(server.defaults),
      (name) => fields.get(name)?.default === server.defaults[name],
      (name) => notes.push(`${name} = ${fields.get(name)?.default}`),
    ),
    secrets: share(
      server.secrets.filter((name) => fields.has(name)),
      (name) => fields.get(name)?.kind === 'SECRET',
      (name) => notes.push(`${name} in clear`),
    ),
    demanded: [
      ...candidate.credentials.map(({ name }) => name).filter(isDemanded),
      ...candidate.arguments.flatMap(({ flag, name, required, variable }) =>
        required &&
        server.arguments[flag ?? `<${name}>`] !== 'required' &&
        !(flag === null && places.includes('<>')) &&
        // one field for both
        server.variables[variable ?? ''] !== 'hard'
          ? [flag ?? `<${name}>`]
          : [],
      ),
    ],
    notes,
    milliseconds,
  };
}

const ratio = ({ right, all }: Share): string => (all === 0 ? '–' : `${right}/${all} ${(right / all).toFixed(3)}`);

function printTable(title: string, scores: readonly Score[]): void {
  const sums = MEASURES.map((measure) => ({
    measure,
    right: scores.reduce((sum, one) => sum + one[measure].right, 0),
    all: scores.reduce((sum, one) => sum + one[measure].all, 0),
  }));
  const times = scores.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const demanded = scores.flatMap((one) => one.demanded);
  for (const { measure, right, all } of sums)
    if (all > 0)
      recordFigure(`${title}: ${GOALS[measure].words}`, right / all, '', { atLeast: GOALS[measure].atLeast });
  recordFigure(`${title}: fields demanded that are not needed`, demanded.length, '', { atMost: 0 });
  recordFigure(`${title}: median time a package`, median, 'ms', { atMost: MEDIAN_MS_MAX });
  console.table({
    ...Object.fromEntries(
      sums.map((sum) => [GOALS[sum.measure].words, { is: ratio(sum), goal: `≥ ${GOALS[sum.measure].atLeast}` }]),
    ),
    'fields demanded that are not needed': { is: demanded.length, goal: '0' },
    'median ms': { is: Math.round(median), goal: `≤ ${MEDIAN_MS_MAX}` },
  });
}

/** The forms of npm packages against what their code needs; those that no rule was written for are reported apart. */
export async function scoreForms(options: {
  only: string | undefined;
  truths: string | undefined;
  verbose: boolean;
  untouched: boolean;
}): Promise<void> {
  const known: Score[] = [];
  const untouched: Score[] = [];
  for (const server of await formServers(options.only, options.truths)) {
    if (server.untouched && !options.untouched) continue;
    const { candidate, milliseconds } = await analyze(server);
    const scored = score(server, candidate, milliseconds);
    (server.untouched ? untouched : known).push(scored);
    const said = [...scored.notes, ...scored.demanded.map((name) => `!${name}`)];
    if (options.verbose && said.length > 0) console.log(`${server.package}\n   ${said.join('\n   ')}`);
  }
  if (known.length > 0) printTable('forms', known);
  if (untouched.length > 0) printTable('forms, untouched', untouched);
}
