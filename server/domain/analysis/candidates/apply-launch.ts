import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { ArgumentField, Described, LaunchWord, ServerCandidate } from '../result.ts';
import { joinCommandLine } from '../source/command-words.ts';
import type { Launch, LaunchTarget } from '../source/launch.ts';
import { type PythonOptions, pypiTarget } from '../source/package-target.ts';
import { dockerRun } from './image-candidate.ts';
import { readLaunchWords } from './launch-words.ts';
import { type InstallOptions, launchedSpec } from './package-spec.ts';
import { withPastedVariables } from './pasted-environment.ts';

/** A launch as it was pasted, without secrets, and its place in the pasted block. */
export type PastedLaunch = { launch: Launch; target: LaunchTarget; index: number };

const isProven = ({ evidence }: ArgumentField): boolean => evidence.some(({ kind }) => kind === 'SOURCE_CODE');

/** `3.12`, `pypy3.10`, `cpython@3.13`: a path or a flag of the installer is not a version of Python. */
const PYTHON_VERSION = /^(?:python|cpython|pypy)?@?\d[\w.]{0,20}$/i;

/** Requirements that name projects of PyPI; anything else could be read as a flag of the installer, or as a file. */
const installable = (requirements: readonly string[]): string[] =>
  requirements.filter((one) => pypiTarget(one, null, [])?.kind === 'pypi');

/** The options of a Python launch, as far as an installation takes them. */
export function pythonOptionsOf(target: PythonOptions): InstallOptions {
  const others = installable(target.with);
  return {
    ...(target.extras.length > 0 ? { extras: target.extras } : {}),
    ...(others.length > 0 ? { with: others } : {}),
    ...(target.python !== null && PYTHON_VERSION.test(target.python) ? { python: target.python } : {}),
  };
}

/** A candidate that is installed with extras: `pypi:name[extra]`. */
export function withExtras(described: Described, extras: readonly string[]): Described {
  const { candidate } = described;
  if (extras.length === 0 || candidate.spec?.runtime !== 'pypi') return described;
  const spec = launchedSpec(candidate.spec, null, { extras: [...extras] });
  const runCommand = candidate.runCommand.replace(/^uvx \S+/, (start) => {
    const [, name = '', version = ''] = /^uvx (.+)@([^@]+)$/.exec(start) ?? [];
    return joinCommandLine(['uvx', '--from', `${name}[${extras.join(',')}]==${version}`, name]);
  });
  return { ...described, candidate: { ...candidate, runCommand, spec } };
}

/** Named and anonymous volumes of `docker run`: folders of a computer cannot be brought along. */
const volumesOf = (mounts: readonly string[]): string[] =>
  mounts.flatMap((mount) => {
    const [from = '', to] = mount.split(':');
    const path = to ?? from;
    const isNamed = to === undefined || /^[A-Za-z0-9][\w.-]{0,100}$/.test(from);
    return isNamed && /^\/[^:]{1,200}$/.test(path) ? [path] : [];
  });

function specOf(spec: PackageSpec, target: LaunchTarget): PackageSpec {
  if (spec.runtime === 'oci' && target.kind === 'oci') {
    const volumes = volumesOf(target.mounts);
    return {
      ...spec,
      ...(target.entrypoint === null ? {} : { entrypoint: [target.entrypoint] }),
      ...(target.workingDir?.startsWith('/') ? { workingDir: target.workingDir } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    };
  }
  if (spec.runtime !== target.kind || target.kind === 'remote' || target.kind === 'oci') return spec;
  const isPython = target.kind === 'pypi' || (target.kind === 'git' && target.installer === 'pypi');
  return launchedSpec(spec, target.bin, isPython ? pythonOptionsOf(target) : {});
}

/** The words for people to read: a field stands as `<name>`. */
export const shownWords = (words: readonly LaunchWord[]): string[] =>
  words.flatMap(({ flag, value }) => {
    const text = value.map((part) => (typeof part === 'string' ? part : `<${part.field}>`)).join('');
    return flag === null ? [text] : [flag, text];
  });

function runnerWords(candidate: ServerCandidate, target: LaunchTarget): string[] {
  const version = candidate.version === null ? '' : candidate.version;
  switch (target.kind) {
    case 'npm': {
      const named = `${candidate.package}@${version}`;
      return target.bin === null ? ['npx', '-y', named] : ['npx', '-y', '-p', named, target.bin];
    }
    case 'pypi': {
      const { extras = [], with: others = [], python } = pythonOptionsOf(target);
      const flags = [...(python ? ['--python', python] : []), ...others.flatMap((one) => ['--with', one])];
      const brackets = extras.length > 0 ? `[${extras.join(',')}]` : '';
      const isPlain = target.bin === null && brackets === '';
      return isPlain
        ? ['uvx', ...flags, `${candidate.package}@${version}`]
        : ['uvx', ...flags, '--from', `${candidate.package}${brackets}==${version}`, target.bin ?? candidate.package];
    }
    case 'oci':
      return [
        ...dockerRun(candidate.spec?.http),
        ...target.env.flatMap((name) => ['-e', name]),
        ...volumesOf(target.mounts).flatMap((path) => ['-v', path]),
        ...(target.entrypoint === null ? [] : ['--entrypoint', target.entrypoint]),
        target.image,
      ];
    default:
      return candidate.runCommand.split(' ');
  }
}

/**
 * Puts a pasted launch above everything that the files of its package suggest: its words in order, its command and its
 * variables. The other settings of the package stay as fields.
 */
export function applyLaunch(described: Described, { launch, target, index }: PastedLaunch): Described {
  const { candidate } = described;
  const args = 'args' in target ? target.args : [];
  const { words, fields, flags, hasPositional } = readLaunchWords(args, candidate.arguments, launch.inputs);
  const used = new Set(fields.map(({ name }) => name));
  const others = candidate.arguments
    .filter(
      ({ name, flag, positional }) => !used.has(name) && !(flag && flags.has(flag)) && !(positional && hasPositional),
    )
    .map((field) => (args.length > 0 && !isProven(field) ? { ...field, required: false } : field));
  const { fields: credentials, warnings } = withPastedVariables(candidate.credentials, launch, target, candidate.key);
  // without a word of its own the line says nothing about a subcommand or a flag for stdio
  const fixedArguments = args.length > 0 ? [] : candidate.fixedArguments;
  return {
    ...described,
    candidate: {
      ...candidate,
      arguments: [...fields, ...others].sort((a, b) => Number(b.required) - Number(a.required)),
      credentials,
      fixedArguments,
      launch: { index, words, variables: {} },
      spec: candidate.spec && specOf(candidate.spec, target),
      runCommand: joinCommandLine([...runnerWords(candidate, target), ...fixedArguments, ...shownWords(words)]),
    },
    warnings: [...described.warnings, ...warnings],
  };
}
