import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, normalize } from 'node:path';
import hostedGitInfo from 'hosted-git-info';
import { UserError } from '../errors.ts';
import { type Launch, npmTarget, pypiTarget, splitCommandLine, targetOf } from './launch.ts';
import { launchesInJson, launchesInToml } from './server-blocks.ts';

/** What the user pasted, understood. `normalized` is the cache key: two texts that mean the same share it. */
export type Source = { normalized: string } & (
  | { kind: 'npm'; name: string; version: string | null }
  | { kind: 'pypi'; name: string; version: string | null }
  /** `treePath` is what follows `/tree/`: a ref, which may hold slashes, and perhaps a folder. */
  | { kind: 'github'; owner: string; repo: string; ref: string | null; treePath: string | null }
  | { kind: 'registry'; name: string }
  | { kind: 'snippet'; launches: Launch[] }
  | { kind: 'folder'; path: string }
  | { kind: 'archive'; path: string }
);

export type SourceOptions = {
  /** Folders and tarballs on this computer: only while machines are local and the caller is on loopback. */
  localPathsAllowed: boolean;
};

const SOURCE_CHARACTERS_MAX = 65_536;
const SNIPPET_SERVERS_MAX = 20;

const KINDS_HINT =
  'Paste a GitHub URL, owner/repo, an npm package, pypi:name, a registry name such as io.github.owner/name, or an mcpServers JSON block.';

const invalid = (message: string, hint = KINDS_HINT): UserError =>
  new UserError('INVALID_SOURCE', message, { kind: 'invalid-input', hint, fields: [{ field: 'source', message }] });

/** Whether a text names a folder or tarball on this computer; such a path must reach the server absolute. */
export const isLocalPath = (text: string): boolean => {
  const trimmed = text.trim();
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|file:|[A-Za-z]:[/\\])/.test(trimmed) ||
    /^(?:\.{1,2}|~)$/.test(trimmed) ||
    isTarball(trimmed)
  );
};

const isTarball = (text: string): boolean => /\.(?:tgz|tar\.gz)$/i.test(text) && !/^https?:/i.test(text);

function localSource(text: string, options: SourceOptions): Source {
  if (!options.localPathsAllowed) {
    throw invalid(
      'Folders and tarballs on a computer cannot be deployed here.',
      'They work only on a Catwalk that runs on your own computer. Publish the server to npm or GitHub and paste that.',
    );
  }
  const bare = text.replace(/^file:(?:\/\/)?/, '').replace(/^~(?=$|[/\\])/, homedir());
  if (!isAbsolute(bare)) {
    throw invalid(`The path ${text} is not a full one.`, 'Give the whole path, starting at the root of the disk.');
  }
  const path = normalize(bare).replace(/(?<=.)[/\\]$/, '');
  return isTarball(path)
    ? { kind: 'archive', path, normalized: `archive:${path}` }
    : { kind: 'folder', path, normalized: `folder:${path}` };
}

function npmSource(text: string): Source {
  const target = npmTarget(text, null, []);
  if (target?.kind !== 'npm') throw invalid(`“${shown(text)}” is not the name of an npm package.`);
  const version = target.version === 'latest' ? null : target.version;
  return { kind: 'npm', name: target.name, version, normalized: `npm:${target.name}${version ? `@${version}` : ''}` };
}

function pypiSource(text: string): Source {
  const target = pypiTarget(text, null, []);
  if (target?.kind !== 'pypi')
    throw invalid(`“${shown(text)}” is not the name of a PyPI package.`, 'Write pypi:name or pypi:name==1.2.3.');
  const name = target.name.toLowerCase().replace(/[-_.]+/g, '-'); // PEP 503
  return {
    kind: 'pypi',
    name,
    version: target.version,
    normalized: `pypi:${name}${target.version ? `==${target.version}` : ''}`,
  };
}

function githubSource(owner: string, repo: string, ref: string | null, treePath: string | null): Source {
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

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid('The address holds a broken %-escape.');
  }
};

/** `/owner/repo/tree/ref/path` and `/owner/repo/blob/ref/path/file`; hosted-git-info keeps only the first segment. */
function githubUrl(url: URL): Source | null {
  const [owner, project, type, ...rest] = url.pathname.split('/').filter(Boolean).map(decoded);
  if (!owner || !project) return null;
  const repo = project.replace(/\.git$/, '');
  if (rest.some((segment) => segment === '..' || segment.includes('/'))) return null;
  if (type === 'tree' && rest.length > 0) return githubSource(owner, repo, null, rest.join('/'));
  if (type === 'blob' && rest.length > 1) return githubSource(owner, repo, null, rest.slice(0, -1).join('/'));
  if (type === 'commit' && rest[0]) return githubSource(owner, repo, rest[0], null);
  return githubSource(owner, repo, null, null);
}

function urlSource(text: string): Source {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z+]*:/i.test(text) ? text : `https://${text}`);
  } catch {
    throw invalid(`“${shown(text)}” is not a web address.`);
  }
  const host = url.hostname.toLowerCase().replace(/^www\./, '');
  const path = url.pathname.split('/').filter(Boolean).map(decoded);
  if (host === 'github.com') {
    const found = githubUrl(url);
    if (found) return found;
    throw invalid('That GitHub address names no repository.', 'It should look like https://github.com/owner/repo.');
  }
  if (host === 'npmjs.com' && path[0] === 'package') {
    const scoped = path[1]?.startsWith('@') ?? false;
    const name = scoped ? `${path[1]}/${path[2] ?? ''}` : (path[1] ?? '');
    const at = scoped ? 3 : 2;
    return npmSource(path[at] === 'v' && path[at + 1] ? `${name}@${path[at + 1]}` : name);
  }
  if (host === 'pypi.org' && path[0] === 'project' && path[1])
    return pypiSource(path[2] ? `${path[1]}==${path[2]}` : path[1]);
  if (hostedGitInfo.fromUrl(text)) {
    throw invalid(
      `Catwalk reads GitHub, not ${host}.`,
      'Paste the package that the server is published as on npm or PyPI.',
    );
  }
  throw invalid(
    `Catwalk cannot tell what is at ${host}.`,
    'If a server already runs there, it needs no deployment: give that address to your MCP client. Otherwise paste its repository or package.',
  );
}

function snippetSource(launches: Launch[]): Source {
  if (launches.length > SNIPPET_SERVERS_MAX) {
    throw invalid(`The block names ${launches.length} servers; ${SNIPPET_SERVERS_MAX} at most can be read at once.`);
  }
  const shape = launches.map(({ name, command, args, env, url }) => [
    name,
    command,
    args,
    Object.keys(env).sort(),
    url,
  ]);
  const digest = createHash('sha256').update(JSON.stringify(shape)).digest('hex');
  return { kind: 'snippet', launches, normalized: `snippet:${digest}` };
}

const RUNNER = /^(?:npx|bunx|uvx|uv|pipx|pnpm|yarn|npm|docker|podman)\s+\S/;

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/**
 * Understands what the user pasted, without looking anything up.
 * @throws UserError INVALID_SOURCE with a hint.
 */
export function parseSource(input: string, options: SourceOptions): Source {
  if (input.length > SOURCE_CHARACTERS_MAX) throw invalid('That is too long to be a source.');
  const text = input.trim().replace(/^<(.*)>$/, '$1');
  if (text === '') throw invalid('Nothing was pasted.');

  if (text.startsWith('{') || /"(?:mcpServers|command)"\s*:/.test(text)) {
    const launches = launchesInJson(text).map((found) => found.launch);
    if (launches.length === 0) {
      throw invalid(
        'The JSON names no MCP server.',
        'It should look like {"mcpServers": {"name": {"command": "npx", "args": ["-y", "package"]}}}.',
      );
    }
    return snippetSource(launches);
  }
  if (text.startsWith('[mcp_servers.')) {
    const launches = launchesInToml(text).map((found) => found.launch);
    if (launches.length === 0) throw invalid('The TOML names no MCP server.');
    return snippetSource(launches);
  }
  if (RUNNER.test(text) && !text.includes('\n')) {
    const [command = '', ...args] = splitCommandLine(text);
    const launch: Launch = { name: null, command, args, env: {}, url: null };
    if (!targetOf(launch)) throw invalid(`The command “${shown(text)}” names no package.`);
    return snippetSource([launch]);
  }
  if (/[\s\p{Cc}]/u.test(text) && !isLocalPath(text))
    throw invalid(`“${shown(text)}” is not a source: it holds spaces.`);
  if (isLocalPath(text)) return localSource(text, options);

  const prefix = /^(npm|pypi|registry|github):(?!\/\/)(.+)$/i.exec(text);
  const rest = prefix?.[2] ?? text;
  switch (prefix?.[1]?.toLowerCase()) {
    case 'npm':
      return npmSource(rest);
    case 'pypi':
      return pypiSource(rest);
    case 'registry':
      return { kind: 'registry', name: rest, normalized: `registry:${rest}` };
  }
  if (/^(?:git@|ssh:|git:|git\+)/i.test(text) || prefix) {
    const hosted = hostedGitInfo.fromUrl(text);
    if (hosted?.type === 'github') return githubSource(hosted.user, hosted.project, hosted.committish || null, null);
    throw invalid(`“${shown(text)}” is not a GitHub repository.`);
  }
  if (/^https?:/i.test(text) || /^(?:www\.)?(?:github\.com|npmjs\.com|pypi\.org)\//i.test(text)) return urlSource(text);
  if (text.startsWith('@') || !text.includes('/')) return npmSource(text);

  const trimmed = text.replace(/\/+$/, '');
  // registry names are reverse domain names with one slash; GitHub owners hold no dot
  if (/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\/[A-Za-z0-9._-]+$/.test(trimmed)) {
    return { kind: 'registry', name: trimmed, normalized: `registry:${trimmed}` };
  }
  const hosted = /^[^/]+\/[^/]+$/.test(trimmed) ? hostedGitInfo.fromUrl(trimmed) : undefined;
  if (hosted?.type === 'github')
    return githubSource(hosted.user, hosted.project.replace(/\.git$/, ''), hosted.committish || null, null);
  throw invalid(`“${shown(text)}” is not a source that Catwalk knows.`);
}

/** What may be kept of a pasted text: an `mcpServers` block loses its values, which are often real keys. */
export function storedSource(source: Source, text: string): string {
  if (source.kind !== 'snippet') return withoutLogin(text.trim());
  const servers = source.launches.map((launch, at) => {
    const entry = launch.url
      ? { url: withoutQuery(launch.url) }
      : {
          command: launch.command,
          args: withoutSecrets(launch.args),
          env: Object.fromEntries(Object.keys(launch.env).map((name) => [name, ''])),
        };
    return [launch.name ?? `server-${at + 1}`, entry] as const;
  });
  return JSON.stringify({ mcpServers: Object.fromEntries(servers) });
}

const withoutQuery = (url: string): string =>
  URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : '';

/** Of a web address neither a user with a password nor a query says where the source is; both may be secret. */
function withoutLogin(text: string): string {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '' && url.search === '') return text;
  return `${url.origin}${url.pathname}`;
}

const SECRET_FLAG = /key|token|secret|password|pass|auth|credential|connection|dsn|header|^-H$|\bpat\b/i;
/** `NAME=value`, as `env` and `docker run -e` take it: nobody knows what it holds. */
const VARIABLE = /^[A-Z][A-Z0-9_]*=/;
const HEADER_OR_KEY =
  /^(?:authorization|cookie|x-[\w-]+)\s*:|^bearer\s|^(?:sk|pk|rk|gh[opsu]|github_pat|glpat|xox[abprs])[-_]/i;

/** Words of a command line, with `<value>` in the place of what may be a key. */
export function withoutSecrets(args: readonly string[]): string[] {
  return args.map((word, at) => {
    const previous = args[at - 1] ?? '';
    const assigned = /^(-{0,2}[\w.-]+=)(.+)$/s.exec(word);
    if (assigned?.[1] && SECRET_FLAG.test(assigned[1])) return `${assigned[1]}<value>`;
    const isFlag = previous.startsWith('-') && !previous.includes('=');
    if (isFlag && !word.startsWith('-') && SECRET_FLAG.test(previous)) return '<value>';
    const variable = VARIABLE.exec(word)?.[0];
    if (variable) return `${variable}<value>`;
    if (/^https?:\/\/[^\s?#]*[?#]/i.test(word)) return withoutQuery(word);
    return /:\/\/[^/\s]*@/.test(word) || HEADER_OR_KEY.test(word) ? '<value>' : word;
  });
}
