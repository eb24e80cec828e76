import { UserError } from '../../errors.ts';
import type { CandidateOptions, Run } from '../context.ts';
import type { FileSet } from '../files/file-set.ts';
import { TarballError } from '../files/tarball.ts';
import type { PublishedPackage } from '../registries/indexed-package.ts';
import type { AnalysisWarning, Described } from '../result.ts';
import { type IndexName, PACKAGE_INDEXES } from '../source/package-indexes.ts';
import type { OriginClaims } from './package-origin.ts';
import { claimsOf } from './published-candidate.ts';

export type PackageOptions = Pick<CandidateOptions, 'more' | 'launched'> & {
  /** Decides whether the package is the intended one; absent for packages that the user named. */
  isMeant?: (claims: readonly OriginClaims[]) => boolean;
};

export type PackageOutcome = { described: Described; isPartial: boolean };

const NO_FILES: FileSet = { files: [], paths: [], truncated: true };

/** The files of a package, or a warning that they could not be read: its metadata stand without them. */
async function readFiles(
  name: string,
  key: string,
  signal: AbortSignal,
  read: () => Promise<FileSet>,
): Promise<{ files: FileSet; warnings: AnalysisWarning[] }> {
  try {
    return { files: await read(), warnings: [] };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TarballError) && !(error instanceof UserError)) throw error;
    const message = `The files of ${name} could not be read, so its settings are unknown. Add the settings that it needs by hand.`;
    return { files: NO_FILES, warnings: [{ code: 'SOURCE_UNREAD', weight: 'CAUTION', message, candidateKey: key }] };
  }
}

async function collect(run: Run, name: string, key: string, read: () => Promise<FileSet>) {
  await run.report('COLLECT', 'RUNNING', `Reading ${name}.`);
  const read_ = await readFiles(name, key, run.signal, read);
  const [warning] = read_.warnings;
  await run.report(
    'COLLECT',
    warning ? 'FAILED' : 'DONE',
    warning?.message ?? `${read_.files.files.length} files read.`,
  );
  await run.report('DETECT', 'RUNNING', 'Looking for arguments and credentials.');
  return read_;
}

/** @throws UserError PACKAGE_NOT_FOUND, VERSION_NOT_FOUND, REGISTRY_UNREACHABLE. */
export async function analyzePackage(
  run: Run,
  index: IndexName,
  name: string,
  version: string | null,
  options: PackageOptions = {},
): Promise<PackageOutcome> {
  const { tools, report, signal } = run;
  const { label } = PACKAGE_INDEXES[index];
  await report('RESOLVE', 'RUNNING', `Looking up ${name} on ${label}.`);
  const found = await tools.indexes[index].getPackage(name, version, signal);
  await report('RESOLVE', 'DONE', `${found.name} ${found.version} on ${label}.`);
  return describePackage(run, found, options);
}

/** Reads and describes a package that was already looked up. */
export async function describePackage(
  run: Run,
  found: PublishedPackage,
  options: PackageOptions,
): Promise<PackageOutcome> {
  const { tools, signal } = run;
  const { files, warnings } = await collect(run, found.name, `${found.runtime}:${found.name}`, () =>
    tools.indexes[found.runtime].readPackage(found, signal),
  );
  const verified = options.isMeant?.(claimsOf(found)) ?? true;
  const described = await tools.detector.packageCandidate(signal, found, files, {
    verified,
    now: tools.now(),
    ...(options.more ? { more: options.more } : {}),
    ...(options.launched ? { launched: options.launched } : {}),
  });
  return {
    described: { ...described, warnings: [...warnings, ...described.warnings] },
    isPartial: warnings.length > 0,
  };
}
