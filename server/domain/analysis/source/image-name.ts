import { type ImageReference, imageName, parseImageReference } from '#deploy/host/images/image-reference.ts';
import { refusal, shown } from './refusal.ts';
import type { Source } from './source.ts';

/** Hosts that hold container images and nothing else that can be pasted. */
const REGISTRIES =
  /^(?:docker\.io|index\.docker\.io|ghcr\.io|quay\.io|mcr\.microsoft\.com|public\.ecr\.aws|registry\.gitlab\.com|lscr\.io|nvcr\.io|(?:[a-z]+\.)?gcr\.io|[a-z0-9-]+\.pkg\.dev|[a-z0-9]+\.azurecr\.io|\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)$/;

/** `registry/repository:tag@digest`, as people write it. */
export const imageText = (reference: ImageReference): string =>
  [
    imageName(reference),
    reference.tag === null ? '' : `:${reference.tag}`,
    reference.digest === null ? '' : `@${reference.digest}`,
  ].join('');

const sourceOf = (reference: ImageReference): Source => ({
  kind: 'image',
  reference,
  normalized: `image:${imageText(reference)}`,
});

/** A text that is said to name an image. @throws UserError INVALID_SOURCE. */
export const imageSource = (text: string): Source => {
  const reference = parseImageReference(text);
  if (reference === null)
    throw refusal(
      `“${shown(text)}” is not the name of a container image.`,
      'It should look like ghcr.io/owner/name:tag, or oci:name for an image of Docker Hub.',
    );
  return sourceOf(reference);
};

/** An image where the text alone shows that it is one: a registry of images, a port, or a digest. Null for other texts. */
export const namedImage = (text: string): Source | null => {
  const reference = parseImageReference(text);
  if (reference === null || !text.includes('/')) return null;
  const { registry, digest } = reference;
  const [host = ''] = text.split('/');
  const isRegistry = REGISTRIES.test(registry) && host.toLowerCase() === registry;
  return isRegistry || /:\d+$/.test(host) || digest !== null ? sourceOf(reference) : null;
};

/** A page of Docker Hub or of another registry's host, with the path of an image. Null for other addresses. */
export const imageOfAddress = (host: string, path: readonly string[]): Source | null => {
  if (host === 'hub.docker.com') {
    const [kind, ...rest] = path;
    const name = kind === 'r' ? rest.slice(0, 2).join('/') : kind === '_' ? rest[0] : undefined;
    return name ? imageSource(`docker.io/${name}`) : null;
  }
  if (!REGISTRIES.test(host)) return null;
  const reference = parseImageReference([host, ...path].join('/'));
  return reference === null ? null : sourceOf(reference);
};
