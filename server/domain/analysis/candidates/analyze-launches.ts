import { parseImageReference } from '#deploy/host/images/image-reference.ts';
import { UserError } from '../../errors.ts';
import { type Analyzed, analyzedFrom, type Run } from '../context.ts';
import { chosenHttp } from '../detect/http-serving.ts';
import type { AnalysisWarning, Described, ServerCandidate } from '../result.ts';
import type { Launch, LaunchTarget } from '../source/launch.ts';
import { maskedLaunch } from '../source/stored.ts';
import { targetOf } from '../source/target.ts';
import { analyzeGitLaunch } from './analyze-git-launch.ts';
import { describeImage } from './analyze-image.ts';
import { analyzePackage } from './analyze-package.ts';
import { applyLaunch, type PastedLaunch } from './apply-launch.ts';
import { pastedFindings } from './pasted-environment.ts';
import { remoteCandidate, transportOf } from './remote-candidate.ts';
import { unsupportedCandidate } from './unsupported-candidate.ts';

type ImageTarget = Extract<LaunchTarget, { kind: 'oci' }>;
type RemoteTarget = Extract<LaunchTarget, { kind: 'remote' }>;
type Outcome = { described: Described[]; isPartial: boolean };

const only = (described: Described): Outcome => ({ described: [described], isPartial: false });

/** A server that a pasted address or block of settings names. */
export const pastedRemote = (name: string, url: string, headers: readonly string[] = []): Described =>
  remoteCandidate({
    name,
    url,
    description: null,
    type: transportOf(url),
    headers: headers.map((header) => ({ name: header, description: null, isRequired: false, isSecret: true })),
    evidence: 'SNIPPET',
  });

/** The form is filled with the values of the block, which the index finds again. */
function launchedRemote({ launch, index }: PastedLaunch, name: string, target: RemoteTarget): Described {
  const described = pastedRemote(name, target.url, Object.keys(target.headers ?? launch.headers ?? {}));
  return { ...described, candidate: { ...described.candidate, launch: { index, words: [], variables: {} } } };
}

/** The line gives away what the image alone does not: a folder of the computer, or that it is no server for stdio. */
const imageWarnings = (
  { mounts, hasInput }: ImageTarget,
  { key: candidateKey, spec }: Pick<ServerCandidate, 'key' | 'spec'>,
): AnalysisWarning[] => [
  ...(mounts.some((mount) => /^[/.~$%]|^[A-Za-z]:[\\/]/.test(mount) && mount.includes(':'))
    ? [
        {
          code: 'HOST_FOLDER',
          weight: 'CAUTION' as const,
          message:
            'The command gives a folder of a computer to the container (-v). Catwalk leaves that out: the server finds only its own files.',
          candidateKey,
        },
      ]
    : []),
  ...(hasInput || spec?.http !== undefined
    ? []
    : [
        {
          code: 'NO_STDIO',
          weight: 'CAUTION' as const,
          message:
            'The command starts the container without standard input (-i), and the image names no port. Catwalk speaks to it over stdio: if it serves HTTP alone, it will not answer.',
          candidateKey,
        },
      ]),
];

async function launchedImage(run: Run, pasted: PastedLaunch, target: ImageTarget): Promise<Outcome> {
  const reference = parseImageReference(target.image);
  if (reference === null)
    throw new UserError('INVALID_SOURCE', `“${target.image}” is not the name of a container image.`, {
      kind: 'invalid-input',
      hint: 'Check the command: the name of the image stands after the options of docker run.',
    });
  const { described, isPartial } = await describeImage(run, reference, {
    env: pastedFindings(pasted.launch, target),
    serving: { launch: target },
  });
  const applied = applyLaunch(described, pasted);
  const warnings = [...applied.warnings, ...imageWarnings(target, applied.candidate)];
  return { described: [{ ...applied, warnings }], isPartial };
}

async function analyzeTarget(run: Run, pasted: PastedLaunch, name: string): Promise<Outcome> {
  const { launch, target } = pasted;
  switch (target.kind) {
    case 'npm':
    case 'pypi': {
      const http = chosenHttp(target.args, launch.env);
      const more = { env: pastedFindings(launch, target), http };
      const options = { more, launched: { bin: target.bin } };
      const { described, isPartial } = await analyzePackage(run, target.kind, target.name, target.version, options);
      return { described: [applyLaunch(described, pasted)], isPartial };
    }
    case 'git':
      return analyzeGitLaunch(run, { ...pasted, target }, name);
    case 'remote':
      return only(launchedRemote(pasted, name, target));
    case 'oci':
      return launchedImage(run, pasted, target);
    case 'local':
      return only(unsupportedCandidate('local', name, launch.command ?? name));
  }
}

/** The servers of a pasted block, each on its own: one that fails becomes a warning beside the others. */
export async function analyzeLaunches(run: Run, launches: readonly Launch[]): Promise<Analyzed> {
  const described: Described[] = [];
  const warnings: AnalysisWarning[] = [];
  let isPartial = false;
  for (const [index, whole] of launches.entries()) {
    const launch = maskedLaunch(whole);
    const name = launch.name ?? `server-${index + 1}`;
    try {
      const target = targetOf(launch);
      const outcome = target
        ? await analyzeTarget(run, { launch, target, index }, name)
        : only(unsupportedCandidate(launch.command === null ? 'unread' : 'local', name, launch.command ?? name));
      isPartial ||= outcome.isPartial;
      const isAlone = outcome.described.length === 1;
      for (const one of outcome.described) {
        const key = launches.length > 1 ? `${one.candidate.key}#${name}` : one.candidate.key;
        const displayName = launch.name !== null && isAlone ? launch.name : one.candidate.displayName;
        described.push({
          ...one,
          candidate: { ...one.candidate, key, displayName },
          warnings: one.warnings.map((warning) => ({ ...warning, candidateKey: key })),
        });
      }
    } catch (error) {
      run.signal.throwIfAborted();
      if (launches.length === 1 || !(error instanceof UserError)) throw error;
      isPartial = true;
      warnings.push({ code: error.code, weight: 'CAUTION', message: `${name}: ${error.message}` });
    }
  }
  return { ...analyzedFrom(described, warnings), isPartial };
}
