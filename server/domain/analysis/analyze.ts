import { UserError } from '../errors.ts';
import { importTarball, packFolder } from './archive.ts';
import { findingsOfSnippet } from './describe-server.ts';
import type { OwnLaunch } from './detectors/launch-arguments.ts';
import type { FileSet } from './file-set.ts';
import { type Launch, type LaunchTarget, targetOf } from './launch.ts';
import type { AnalysisResult, AnalysisWarning } from './model.ts';
import { archiveCandidate, type Described, npmCandidate } from './npm-candidate.ts';
import type { Report } from './progress.ts';
import type { NpmRegistry } from './registries/npm.ts';
import type { Source } from './source.ts';
import { TarballError } from './tarball.ts';

/** What analysing reaches: each is one narrow way out, with limits of its own. */
export type AnalysisTools = {
  npm: NpmRegistry;
  /** Folders and tarballs are kept below it, in `sources/`. */
  dataDir: string;
  now: () => Date;
};

export type Analysed = { result: AnalysisResult; isPartial: boolean };

type Run = { tools: AnalysisTools; report: Report; signal: AbortSignal };

const NO_FILES: FileSet = { files: [], paths: [], truncated: true };

const resultOf = (described: readonly Described[], more: AnalysisWarning[] = []): AnalysisResult => ({
  candidates: described.map(({ candidate }) => candidate),
  warnings: [...more, ...described.flatMap(({ warnings }) => warnings)],
});

/** The files of a package, or a warning that they could not be read: its metadata stand without them. */
async function readNpm(
  { tools, signal }: Run,
  found: Parameters<NpmRegistry['readPackage']>[0],
): Promise<{ files: FileSet; warning: AnalysisWarning | null }> {
  try {
    return { files: await tools.npm.readPackage(found, signal), warning: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TarballError) && !(error instanceof UserError)) throw error;
    const message = `The files of ${found.name} could not be read, so its settings are unknown. Add what it needs by hand.`;
    return {
      files: NO_FILES,
      warning: { code: 'SOURCE_UNREAD', weight: 'CAUTION', message, candidateKey: `npm:${found.name}` },
    };
  }
}

async function analyseNpm(
  run: Run,
  name: string,
  version: string | null,
  launches: OwnLaunch[] = [],
): Promise<{ described: Described; isPartial: boolean }> {
  const { tools, report, signal } = run;
  await report('RESOLVE', 'RUNNING', `Looking up ${name} on npm.`);
  const found = await tools.npm.getPackage(name, version, signal);
  await report('RESOLVE', 'DONE', `${found.name} ${found.version} on npm.`);
  await report('COLLECT', 'RUNNING', 'Reading the package.');
  const { files, warning } = await readNpm(run, found);
  await report('COLLECT', warning ? 'FAILED' : 'DONE', warning?.message ?? `${files.files.length} files read.`);
  await report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
  const described = npmCandidate(found, files, {
    verified: true, // the user named the package
    now: tools.now(),
    more: { env: findingsOfSnippet(launches), launches },
  });
  return {
    described: { ...described, warnings: [...(warning ? [warning] : []), ...described.warnings] },
    isPartial: warning !== null,
  };
}

/** What a pasted block names and Catwalk cannot run, as a candidate that says why. */
function unsupported(launch: Launch, target: LaunchTarget | null, at: number): Described {
  const name = launch.name ?? `server-${at + 1}`;
  const common = {
    key: `snippet:${name}`,
    displayName: name,
    description: null,
    deployable: false,
    version: null,
    integrity: null,
    subfolder: null,
    arguments: [],
    credentials: [],
    verified: false,
    tools: [],
    notes: null,
    spec: null,
    fixedArguments: [],
  };
  if (target?.kind === 'remote') {
    const notDeployableReason =
      'This server already runs elsewhere. Give its address to your MCP client; it needs no deployment.';
    const origin = URL.canParse(target.url) ? new URL(target.url).origin : 'a remote address';
    return {
      candidate: {
        ...common,
        notDeployableReason,
        runtime: 'REMOTE',
        package: origin,
        runCommand: origin,
        verdict: 'REMOTE_ONLY',
      },
      warnings: [],
    };
  }
  const command = launch.command ?? name;
  if (target?.kind === 'oci') {
    const notDeployableReason =
      'This server comes as a container image, which Catwalk does not run yet. Look whether it is on npm or PyPI, too.';
    return {
      candidate: {
        ...common,
        notDeployableReason,
        runtime: 'OCI',
        package: target.image,
        runCommand: `docker run -i --rm ${target.image}`,
        verdict: 'MCP_SERVER',
      },
      warnings: [],
    };
  }
  const notDeployableReason =
    'This command starts a program of your own computer. Paste the package or repository that it comes from.';
  return {
    candidate: {
      ...common,
      notDeployableReason,
      runtime: 'SOURCE',
      package: command,
      runCommand: command,
      verdict: 'NEEDS_LOCAL_APP',
    },
    warnings: [],
  };
}

async function analyseSnippet(run: Run, launches: readonly Launch[]): Promise<Analysed> {
  const described: Described[] = [];
  const warnings: AnalysisWarning[] = [];
  let isPartial = false;
  for (const [at, launch] of launches.entries()) {
    const target = targetOf(launch);
    if (target?.kind !== 'npm') {
      described.push(unsupported(launch, target, at));
      continue;
    }
    try {
      const own: OwnLaunch = { launch, target, file: '', line: 1, headings: [] };
      const one = await analyseNpm(run, target.name, target.version, [own]);
      isPartial ||= one.isPartial;
      const key =
        launches.length > 1 && launch.name
          ? `${one.described.candidate.key}#${launch.name}`
          : one.described.candidate.key;
      const candidate = { ...one.described.candidate, key, ...(launch.name ? { displayName: launch.name } : {}) };
      described.push({
        candidate,
        warnings: one.described.warnings.map((warning) => ({ ...warning, candidateKey: key })),
      });
    } catch (error) {
      if (launches.length === 1 || !(error instanceof UserError)) throw error;
      isPartial = true;
      warnings.push({
        code: error.code,
        weight: 'CAUTION',
        message: `${launch.name ?? target.name}: ${error.message}`,
      });
    }
  }
  return { result: resultOf(described, warnings), isPartial };
}

/** Kinds that a later detector reads; until then they are refused with what works today. */
const notYet = (what: string): UserError =>
  new UserError('INVALID_SOURCE', `Catwalk cannot read ${what} yet.`, {
    kind: 'invalid-input',
    hint: 'Paste the npm package that the server is published as.',
  });

async function candidatesOf(run: Run, source: Source): Promise<Analysed> {
  const { tools, report, signal } = run;
  switch (source.kind) {
    case 'npm': {
      const { described, isPartial } = await analyseNpm(run, source.name, source.version);
      return { result: resultOf([described]), isPartial };
    }
    case 'folder':
    case 'archive': {
      await report('RESOLVE', 'DONE', source.path);
      await report('COLLECT', 'RUNNING', 'Packing the files.');
      const archive = await (source.kind === 'folder' ? packFolder : importTarball)(source.path, tools.dataDir, signal);
      await report('COLLECT', 'DONE', `${archive.files.files.length} files read.`);
      await report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
      return { result: resultOf([archiveCandidate(archive)]), isPartial: false };
    }
    case 'snippet':
      return analyseSnippet(run, source.launches);
    case 'github':
      throw notYet('GitHub repositories');
    case 'pypi':
      throw notYet('PyPI packages');
    case 'registry':
      throw notYet('the MCP registry');
  }
}

/** One try at a source. @throws UserError for what the user can mend, and for outages (`retryable`). */
export async function analyseSource(
  source: Source,
  tools: AnalysisTools,
  report: Report,
  signal: AbortSignal,
): Promise<Analysed> {
  const run = { tools, report, signal };
  const analysed = await candidatesOf(run, source);
  const { candidates } = analysed.result;
  const fields = candidates.reduce((sum, one) => sum + one.credentials.length + one.arguments.length, 0);
  await report(
    'DETECT',
    'DONE',
    `${candidates.length} server${candidates.length === 1 ? '' : 's'}, ${fields} settings.`,
  );
  await report('MODEL', 'SKIPPED', 'No model is configured; the form comes from the files alone.');
  await report(
    'VERIFY',
    'DONE',
    candidates.every((one) => one.verified) ? 'Every package is confirmed.' : 'Some packages are not confirmed.',
  );
  return analysed;
}
