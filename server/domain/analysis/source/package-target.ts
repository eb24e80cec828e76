import hostedGitInfo from 'hosted-git-info';
import npa from 'npm-package-arg';
import type { IndexName } from './package-indexes.ts';

/** Options of an installation beside the package itself. Only Python packages have any. */
export type PythonOptions = {
  /** `name[extra]`. */
  extras: string[];
  /** Requirements of `--with`. */
  with: string[];
  /** `--python`, such as 3.12. */
  python: string | null;
};

/** `args` are those of the server itself, after its own name. `bin` is the command that the launch names. */
type Named = { bin: string | null; args: string[] };
export type NpmTarget = { kind: 'npm'; name: string; version: string | null } & Named;
export type PypiTarget = { kind: 'pypi'; name: string; version: string | null } & Named & PythonOptions;
export type GitTarget = {
  kind: 'git';
  installer: IndexName;
  /** As it was written. */
  spec: string;
  /** Branch, tag or commit. */
  ref: string | null;
  subfolder: string | null;
} & Named &
  PythonOptions;

export const NO_PYTHON_OPTIONS: PythonOptions = { extras: [], with: [], python: null };

/** `name@version` as npm reads it; null for what is neither a package of a registry nor a repository on GitHub. */
export function npmTarget(spec: string, bin: string | null, args: string[]): NpmTarget | GitTarget | null {
  if (spec.length > SPEC_CHARACTERS_MAX) return null;
  try {
    const parsed = npa(spec);
    if (parsed.type === 'git') {
      const { hosted } = parsed;
      if (hosted?.type !== 'github') return null;
      const ref = parsed.gitCommittish ?? null;
      const place = { spec: parsed.saveSpec ?? parsed.rawSpec, ref, subfolder: null };
      return { kind: 'git', installer: 'npm', ...place, bin, args, ...NO_PYTHON_OPTIONS };
    }
    if (!parsed.registry || !parsed.name) return null;
    const any = parsed.rawSpec === '' || parsed.rawSpec === '*';
    return { kind: 'npm', name: parsed.name, version: any ? null : parsed.rawSpec, bin, args };
  } catch {
    return null; // not a name that npm accepts
  }
}

/** `name[extra]==1.0`, `name@1.0` as uvx writes it, `name>=1.0,<2`, `name @ git+https://…` (PEP 508). */
const REQUIREMENT = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;
/** One condition of PEP 440, such as `>=1.0` or `==1!2.0`. */
const SPECIFIER = /^(?:[<>=~]=?=?|!=)\s{0,9}(?:\d{1,9}!)?[\w.*+-]{1,100}$/;
/** No name, range or address of a package is longer. */
const SPEC_CHARACTERS_MAX = 1_000;

function pypiVersion(text: string): string | null | undefined {
  const rest = text.trim().replace(/^\((.*)\)$/, '$1');
  if (rest === '' || rest === '@latest') return null;
  const exact = /^(?:===?|@)\s*([\w.+!-]+)$/.exec(rest)?.[1];
  if (exact) return exact;
  const conditions = rest.split(',').map((one) => one.trim());
  const isRange = conditions.every((one, at) => SPECIFIER.test(one) || (one === '' && at === conditions.length - 1));
  return isRange ? rest.replace(/\s+/g, '') : undefined;
}

/** `git+https://host/o/r.git@ref#subdirectory=x`, as pip and uv write it. */
function gitRequirement(url: string, extras: string[]): Omit<GitTarget, keyof Named> {
  const [address = '', fragment = ''] = url.split('#', 2);
  const subfolder = new URLSearchParams(fragment).get('subdirectory')?.replace(/^\/+|\/+$/g, '') || null;
  const at = /^(.*\/[^/@]+)@([^@]+)$/.exec(address);
  return {
    kind: 'git',
    installer: 'pypi',
    spec: url,
    ref: at?.[2] ?? null,
    subfolder,
    ...NO_PYTHON_OPTIONS,
    extras,
  };
}

/** Reads a requirement; null for what is neither a project of PyPI nor a git repository. */
export function pypiTarget(spec: string, bin: string | null, args: string[]): PypiTarget | GitTarget | null {
  if (spec.length > SPEC_CHARACTERS_MAX) return null;
  if (spec.startsWith('git+')) return { ...gitRequirement(spec, []), bin, args };
  const [, name, inBrackets = '', rest = ''] = REQUIREMENT.exec(spec.split(';')[0]?.trim() ?? '') ?? [];
  if (!name) return null;
  const extras = inBrackets
    .split(',')
    .map((one) => one.trim())
    .filter((one) => /^[\w.-]+$/.test(one));
  const git = /^@\s*(git\+.*)$/s.exec(rest)?.[1];
  if (git) return { ...gitRequirement(git, extras), bin, args };
  const version = pypiVersion(rest);
  return version === undefined ? null : { kind: 'pypi', name, version, bin, args, ...NO_PYTHON_OPTIONS, extras };
}

/** Reads the name of a package as the tools of its index do. */
export const packageTarget = (index: IndexName, ...words: Parameters<typeof npmTarget>) =>
  ({ npm: npmTarget, pypi: pypiTarget })[index](...words);

/** The repository on GitHub that a git target names; null for other hosts. */
export function githubOf({ spec }: Pick<GitTarget, 'spec'>): { owner: string; repo: string } | null {
  const address = spec.split('#')[0] ?? '';
  const hosted = hostedGitInfo.fromUrl(address) ?? hostedGitInfo.fromUrl(address.replace(/@[^/@]+$/, ''));
  if (hosted?.type !== 'github') return null;
  return { owner: hosted.user, repo: hosted.project.replace(/@.*$/, '').replace(/\.git$/, '') };
}
