import { npmTarget, pypiTarget } from './package-target.ts';
import { refusal, shown } from './refusal.ts';
import type { Source } from './source.ts';

/** npm once took quotes, brackets and stars too; none of it is worth what it would mean elsewhere. */
const NPM_NAME = /^(?:@[\w.~-]+\/)?[\w.~-]+$/;

/** `name`, `@scope/name`, with `@version`. */
export function npmSource(text: string): Source {
  const target = npmTarget(text, null, []);
  if (target?.kind !== 'npm' || !NPM_NAME.test(target.name)) {
    throw refusal(`“${shown(text)}” is not the name of an npm package.`);
  }
  const version = target.version === 'latest' ? null : target.version;
  return { kind: 'npm', name: target.name, version, normalized: `npm:${target.name}${version ? `@${version}` : ''}` };
}

/** The normal form of a project's name (PEP 503). */
export const pypiName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** `name`, `name[extra]`, `name==version`, `name@version`, `name>=1.0`. */
export function pypiSource(text: string): Source {
  const target = pypiTarget(text, null, []);
  if (target?.kind !== 'pypi')
    throw refusal(`“${shown(text)}” is not the name of a PyPI package.`, 'Write pypi:name or pypi:name==1.2.3.');
  const { version } = target;
  const name = pypiName(target.name);
  const extras = [...new Set(target.extras.map(pypiName))].sort();
  const wanted = version === null ? '' : /^[<>=!~]/.test(version) ? version : `==${version}`;
  const normalized = `pypi:${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${wanted}`;
  return { kind: 'pypi', name, version, extras, normalized };
}

/** A name that GitHub allows for a user or a repository; a `..` would lead elsewhere in a URL. */
const GITHUB_NAME = /^(?!\.{1,2}$)[\w.-]{1,100}$/;

export function githubSource(owner: string, repo: string, ref: string | null, treePath: string | null): Source {
  if (!GITHUB_NAME.test(owner) || !GITHUB_NAME.test(repo)) {
    throw refusal(`“${shown(`${owner}/${repo}`)}” is not the name of a GitHub repository.`);
  }
  const place = treePath ?? ref;
  return {
    kind: 'github',
    owner,
    repo,
    ref,
    treePath,
    normalized: `github:${owner}/${repo}`.toLowerCase() + (place ? `#${place}` : ''),
  };
}

/** `owner/repo@ref`, as uv and Go write it; GitHub's own names hold no `@`. */
export function githubNamed(owner: string | null, project: string, committish: string | null): Source {
  const [name = '', ref] = project.split('@');
  return githubSource(owner ?? '', name.replace(/\.git$/, ''), committish || ref || null, null);
}
