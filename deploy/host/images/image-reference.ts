/** An image as people name it: a registry, a repository in it, and a tag or a digest. */
export type ImageReference = {
  /** Such as `ghcr.io` or `localhost:5000`; `docker.io` where the text names none. */
  registry: string;
  repository: string;
  /** Null beside a digest alone. */
  tag: string | null;
  digest: string | null;
};

const DOCKER_HUB = 'docker.io';
/** Docker Hub has one name for people and another one for its API. */
const API_HOSTS: Record<string, string> = {
  [DOCKER_HUB]: 'registry-1.docker.io',
  'index.docker.io': 'registry-1.docker.io',
};
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,9}(?::\d{1,5})?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_{1,2}|-{1,9})[a-z0-9]+){0,40}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const CHARACTERS_MAX = 512;

export const isImageDigest = (text: string): boolean => DIGEST.test(text);

/** Splits a text at the last occurrence of a mark; the second part is null without one. */
const splitLast = (text: string, mark: string): [string, string | null] => {
  const at = text.lastIndexOf(mark);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
};

/** Reads a reference as `docker run` takes it (distribution/reference, "Grammar"); null for another text. */
export const parseImageReference = (text: string): ImageReference | null => {
  if (text.length > CHARACTERS_MAX) return null;
  const [named, digest] = splitLast(text, '@');
  if (digest !== null && !DIGEST.test(digest)) return null;
  // A colon before the last slash belongs to a port.
  const slash = named.lastIndexOf('/');
  const [last, tag] = splitLast(named.slice(slash + 1), ':');
  if (tag !== null && !TAG.test(tag)) return null;
  const path = named.slice(0, slash + 1) + last;
  const [first = '', ...rest] = path.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (hasHost && !HOST.test(first)) return null;
  const own = hasHost ? rest : [first, ...rest];
  if (own.length === 0 || !own.every((component) => COMPONENT.test(component))) return null;
  const registry = hasHost ? first.toLowerCase() : DOCKER_HUB;
  const isOfficial = API_HOSTS[registry] !== undefined && own.length === 1;
  return {
    registry: API_HOSTS[registry] === undefined ? registry : DOCKER_HUB,
    repository: isOfficial ? `library/${own[0]}` : own.join('/'),
    tag: tag ?? (digest === null ? 'latest' : null),
    digest,
  };
};

/** `ghcr.io/owner/name`: the image without its version. */
export const imageName = ({ registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): string =>
  `${registry}/${repository}`;

/** The host at which the API of a registry answers. */
export const apiHostOf = (registry: string): string => API_HOSTS[registry] ?? registry;

/** The origin of a registry's API. Without TLS only where the operator has named exactly that origin. */
export const registryOrigin = (registry: string, trusted: readonly string[]): string => {
  const host = apiHostOf(registry);
  return trusted.includes(`http://${host}`) ? `http://${host}` : `https://${host}`;
};
