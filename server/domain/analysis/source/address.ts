import hostedGitInfo from 'hosted-git-info';
import { imageOfAddress } from './image-name.ts';
import { githubNamed, githubSource, npmSource, pypiSource } from './name.ts';
import { refusal, shown } from './refusal.ts';
import type { Source } from './source.ts';

/** First segments of GitHub's own pages; no user can own a repository under them. */
const GITHUB_PAGES =
  /^(?:orgs|marketplace|settings|topics|sponsors|features|login|join|search|notifications|explore|collections|apps|enterprise|about|pricing|users)$/i;
const INDEXES =
  /(?:^|\.)(?:glama\.ai|smithery\.ai|mcp\.so|pulsemcp\.com|mcpservers\.org|cursor\.directory|lobehub\.com)$/;

/** Part of the address of nearly every MCP server that runs somewhere. */
const NAMES_MCP = /(?:^|[^a-z])(?:mcp|sse)(?:$|[^a-z])/i;

/** A server that runs at an address. The query may hold a key, so that it is left out. */
export function remoteSource(url: URL): Source {
  const address = `${url.origin}${url.pathname}`;
  return { kind: 'remote', url: address, normalized: `remote:${address}` };
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refusal('The address holds a broken %-escape.');
  }
};

const segmentsOf = (url: URL): string[] => url.pathname.split('/').filter(Boolean).map(decoded);

/** `/owner/repo/tree/ref/path` and `/owner/repo/blob/ref/path/file`; hosted-git-info keeps only the first segment. */
function githubUrl(url: URL): Source | null {
  const [owner, project, type, ...rest] = segmentsOf(url);
  if (!owner || !project || GITHUB_PAGES.test(owner)) return null;
  const repo = project.replace(/\.git$/, '');
  if (rest.some((segment) => segment === '..' || segment.includes('/'))) return null;
  if (type === 'tree' && rest.length > 0) return githubSource(owner, repo, null, rest.join('/'));
  if (type === 'blob' && rest.length > 1) return githubSource(owner, repo, null, rest.slice(0, -1).join('/'));
  if (type === 'commit' && rest[0]) return githubSource(owner, repo, rest[0], null);
  if (type === 'releases' && rest[0] === 'tag' && rest[1])
    return githubSource(owner, repo, rest.slice(1).join('/'), null);
  return githubNamed(owner, project, null);
}

function npmUrl(path: string[]): Source | null {
  if (path[0] !== 'package' || !path[1]) return null;
  const scoped = path[1].startsWith('@');
  const name = scoped ? `${path[1]}/${path[2] ?? ''}` : path[1];
  const at = scoped ? 3 : 2;
  return npmSource(path[at] === 'v' && path[at + 1] ? `${name}@${path[at + 1]}` : name);
}

/** A web address of a repository or package; of anything else it says what to paste instead. */
export function addressSource(text: string): Source {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z+]*:/i.test(text) ? text : `https://${text}`);
  } catch {
    throw refusal(`“${shown(text)}” is not a web address.`);
  }
  const host = url.hostname.toLowerCase().replace(/^www\./, '');
  const path = segmentsOf(url);
  const [first, second] = path;
  if (host === 'github.com') {
    const found = githubUrl(url);
    if (found) return found;
    throw refusal('That GitHub address names no repository.', 'It should look like https://github.com/owner/repo.');
  }
  if (host === 'raw.githubusercontent.com' && first && second) return githubSource(first, second, null, null);
  if (host === 'api.github.com' && first === 'repos' && second && path[2])
    return githubSource(second, path[2], null, null);
  if (host === 'npmjs.com') {
    const found = npmUrl(path);
    if (found) return found;
    throw refusal('That npm address names no package.', 'It should look like https://www.npmjs.com/package/name.');
  }
  if (host === 'pypi.org' && first === 'project' && second)
    return pypiSource(path[2] ? `${second}==${path[2]}` : second);
  if (hostedGitInfo.fromUrl(url.href) || /^(?:codeberg\.org|git\.sr\.ht|gitea\.com|dev\.azure\.com)$/.test(host)) {
    throw refusal(
      `Catwalk reads GitHub, not ${host}.`,
      'Paste the package that the server is published as on npm or PyPI.',
    );
  }
  if (INDEXES.test(host)) {
    throw refusal(
      `${host} lists servers and does not hold them.`,
      'Open the server’s page there and paste the GitHub repository or the package that it names.',
    );
  }
  const image = imageOfAddress(host, path);
  if (image) return image;
  if (NAMES_MCP.test(host) || path.some((segment) => NAMES_MCP.test(segment))) return remoteSource(url);
  throw refusal(
    `Catwalk cannot tell what is at ${host}.`,
    'If an MCP server runs there, write remote: before its address. Otherwise paste its repository or package.',
  );
}
