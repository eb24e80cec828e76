import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, normalize } from 'node:path';
import hostedGitInfo from 'hosted-git-info';
import { addressSource, remoteSource } from './address.ts';
import { launchesInJson, launchesInToml } from './client-config.ts';
import { commandMeaning, launchesInLink } from './command.ts';
import { imageSource, namedImage } from './image-name.ts';
import type { Launch } from './launch.ts';
import { refuseManifest } from './manifest-text.ts';
import { githubNamed, npmSource, pypiSource } from './name.ts';
import { refusal, shown } from './refusal.ts';
import type { Source } from './source.ts';
import { maskedLaunch } from './stored.ts';
import { launchesInYaml } from './yaml-settings.ts';

export type SourceOptions = {
  /** Folders and tarballs on this computer: only while machines are local and the caller is on loopback. */
  localPathsAllowed: boolean;
};

const SOURCE_CHARACTERS_MAX = 65_536;
const SNIPPET_SERVERS_MAX = 20;
/** No name, address or path is longer; only blocks of settings and commands are. */
const NAME_CHARACTERS_MAX = 4_096;

/** Reports whether a text names a folder or tarball on this computer; such a path must reach the server absolute. */
export const isLocalPath = (text: string): boolean => {
  const trimmed = text.trim();
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|file:|[A-Za-z]:[/\\])/.test(trimmed) ||
    /^(?:\.{1,2}|~)$/.test(trimmed) ||
    isTarball(trimmed) ||
    (isBundle(trimmed) && !/^https?:/i.test(trimmed))
  );
};

const SPOKEN_WORDS_MAX = 4;

/**
 * A name of several words as people say it, such as “Google Drive” or “github mcp”: with a capital, or with words that
 * servers have. Null for other texts; one word alone may be a package.
 */
function spokenName(text: string): string | null {
  const words = text.split(/ {1,3}/);
  const isSpoken = words.length > 1 && (/^[A-Z]/.test(text) || /\b(?:mcp|server)\b/i.test(text));
  const areWords = words.every((word) => /^[\p{L}\p{N}][\p{L}\p{N}+_-]{0,39}$/u.test(word));
  return isSpoken && areWords && words.length <= SPOKEN_WORDS_MAX ? words.join(' ') : null;
}

/** Bundles were called DXT before. */
const isBundle = (text: string): boolean => /\.(?:mcpb|dxt)$/i.test(text);

const isTarball = (text: string): boolean => /\.(?:tgz|tar\.gz)$/i.test(text) && !/^https?:/i.test(text);

function localSource(text: string, options: SourceOptions): Source {
  if (!options.localPathsAllowed) {
    throw refusal(
      'Folders and tarballs on a computer cannot be deployed here.',
      'They work only on a Catwalk that runs on your own computer. Publish the server to npm or GitHub and paste that.',
    );
  }
  const bare = text.replace(/^file:(?:\/\/)?/, '').replace(/^~(?=$|[/\\])/, homedir());
  if (!isAbsolute(bare)) {
    throw refusal(`The path ${text} is not absolute.`, 'Paste the whole path, starting at the root of the disk.');
  }
  const path = normalize(bare).replace(/(?<=.)[/\\]$/, '');
  if (isBundle(path)) return { kind: 'bundle', from: { path }, normalized: `bundle:${path}` };
  return isTarball(path)
    ? { kind: 'archive', path, normalized: `archive:${path}` }
    : { kind: 'folder', path, normalized: `folder:${path}` };
}

function snippetSource(launches: Launch[]): Source {
  if (launches.length > SNIPPET_SERVERS_MAX) {
    throw refusal(`The block contains ${launches.length} servers. At most ${SNIPPET_SERVERS_MAX} can be read at once.`);
  }
  // without secrets: two people who paste the same block with different keys share its normal form
  const shape = launches.map(maskedLaunch).map(({ name, command, args, env, url, headers }) => [
    ...[name, command, args, Object.keys(env).sort(), url],
    ...(headers ? [Object.keys(headers).sort()] : []), // the digests of other blocks stay as they were
  ]);
  const digest = createHash('sha256').update(JSON.stringify(shape)).digest('hex');
  return { kind: 'snippet', launches, normalized: `snippet:${digest}` };
}

/** A launch that names something to start. */
const isRead = ({ command, url }: Launch): boolean => command !== null || url !== null;

/** A block of a client's settings, in JSON, TOML or YAML; null for other texts. */
function blockSource(text: string): Source | null {
  if (text.startsWith('{') || /"(?:mcpServers|command)"\s*:/.test(text)) {
    refuseManifest(text);
    const launches = launchesInJson(text, { keepsUnread: true }).map((found) => found.launch);
    if (launches.some(isRead)) return snippetSource(launches);
    throw refusal(
      'The JSON does not contain an MCP server.',
      'It should look like {"mcpServers": {"name": {"command": "npx", "args": ["-y", "package"]}}}.',
    );
  }
  if (/^[ \t]*\[mcp_servers(?:\.|\])/m.test(text)) {
    const launches = launchesInToml(text, { keepsUnread: true }).map((found) => found.launch);
    if (launches.some(isRead)) return snippetSource(launches);
    throw refusal(
      'The TOML does not contain an MCP server.',
      'It should look like [mcp_servers.name], with command = "npx" and args = ["-y", "package"].',
    );
  }
  const launches = launchesInYaml(text);
  if (launches === null) return null;
  if (launches.some(isRead)) return snippetSource(launches);
  throw refusal(
    'The YAML does not contain an MCP server that can be started.',
    'It should name a command, the image of a container, or an address.',
  );
}

/**
 * Understands what the user pasted, without looking anything up.
 * @throws UserError INVALID_SOURCE with a hint.
 */
export function parseSource(input: string, options: SourceOptions): Source {
  if (input.length > SOURCE_CHARACTERS_MAX) throw refusal('That is too long to be a source.');
  // as READMEs and chats wrap it
  const text = input
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .replace(/^([`"'])(\S+)\1$/, '$2');
  if (text === '') throw refusal('Nothing was pasted.');

  const launches = launchesInLink(text) ?? [];
  if (launches.length > 0) return snippetSource(launches);
  const meaning = commandMeaning(text);
  if (meaning) return 'source' in meaning ? meaning.source : snippetSource(meaning.launches);
  const block = blockSource(text);
  if (block) return block;
  if (text.length > NAME_CHARACTERS_MAX) throw refusal('That is too long to be a source.');
  const words = spokenName(text);
  if (words !== null) return { kind: 'search', words, normalized: `search:${words.toLowerCase()}` };
  if (/[\s\p{Cc}]/u.test(text) && !isLocalPath(text))
    throw refusal(`“${shown(text)}” does not look like a package, repository or configuration.`);
  if (isLocalPath(text)) return localSource(text, options);

  const prefix = /^(npm|pypi|registry|github|gh|oci|docker|remote):(?!\/\/)(.+)$/i.exec(text);
  const rest = prefix?.[2] ?? text;
  switch (prefix?.[1]?.toLowerCase()) {
    case 'npm':
      return npmSource(rest);
    case 'pypi':
      return pypiSource(rest);
    case 'registry':
      return { kind: 'registry', name: rest, normalized: `registry:${rest}` };
    case 'remote':
      if (!URL.canParse(rest) || !/^https?:/i.test(rest))
        throw refusal(
          `“${shown(rest)}” is not a web address.`,
          'It should look like remote:https://mcp.example.com/mcp.',
        );
      return remoteSource(new URL(rest));
    case 'oci':
    case 'docker':
      return imageSource(rest);
  }
  if (/^(?:git@|ssh:|git:|git\+)/i.test(text) || prefix) {
    const hosted = hostedGitInfo.fromUrl(text.replace(/^gh:/i, 'github:'));
    if (hosted?.type === 'github') return githubNamed(hosted.user, hosted.project, hosted.committish || null);
    throw refusal(`“${shown(text)}” is not a GitHub repository.`);
  }
  if (/^https?:/i.test(text) && URL.canParse(text) && isBundle(new URL(text).pathname)) {
    const { origin, pathname } = new URL(text);
    const url = `${origin}${pathname}`;
    return { kind: 'bundle', from: { url }, normalized: `bundle:${url}` };
  }
  const image = prefix ? null : namedImage(text);
  if (image) return image;
  if (
    /^https?:/i.test(text) ||
    /^(?:www\.)?(?:github\.com|npmjs\.com|pypi\.org)\//i.test(text) ||
    /^[\w-]+(?:\.[\w-]+)+\/[^/]+\/[^/]/.test(text)
  )
    return addressSource(text);
  if (text.startsWith('@') || !text.includes('/')) return npmSource(text);

  const trimmed = text.replace(/\/+$/, '');
  // registry names are reverse domain names with one slash; GitHub owners hold no dot
  if (/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\/[A-Za-z0-9._-]+$/.test(trimmed)) {
    return { kind: 'registry', name: trimmed, normalized: `registry:${trimmed}` };
  }
  const hosted = /^[^/]+\/[^/]+$/.test(trimmed)
    ? hostedGitInfo.fromUrl(trimmed.replace(/@([\w.-]+)$/, '#$1'))
    : undefined;
  if (hosted?.type === 'github') return githubNamed(hosted.user, hosted.project, hosted.committish || null);
  throw refusal(`“${shown(text)}” does not look like a package, repository or configuration.`);
}
