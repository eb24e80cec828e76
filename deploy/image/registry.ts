import { createHash } from 'node:crypto';

const TIMEOUT_MS = 10_000;
/** The kinds of manifests that are asked for. */
export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export const FLY_REGISTRY = 'registry.fly.io';

/** `reference` is a tag, or a digest such as `sha256:…`. */
export type ImageName = { registry: string; repository: string; reference: string };

/** `registry/repository:tag` or `registry/repository@digest`; null when it is neither. */
export function parseImage(image: string): ImageName | null {
  const parsed = /^([\w.-]+(?::\d+)?)\/([a-z0-9._/-]+?)(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))$/.exec(image);
  if (!parsed) return null;
  const [, registry = '', repository = '', tag, digest] = parsed;
  return { registry, repository, reference: digest ?? tag ?? '' };
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const isDigest = (reference: string): boolean => reference.startsWith('sha256:');

export const isLoopback = (registry: string): boolean => /^(localhost|127\.0\.0\.1)(:|$)/.test(registry);

/** Reports whether a registry takes a token of Fly's: Fly's own, or one of a test on this computer. */
export const takesFlyToken = (registry: string): boolean => registry === FLY_REGISTRY || isLoopback(registry);

/** A Fly token as the password of its registry, which takes any user name. flyctl leaves the scheme of the token out. first hour: F6 */
export const basicAuthorization = (token: string): string =>
  `Basic ${Buffer.from(`x:${token.replace(/^(FlyV1|Bearer) /, '')}`).toString('base64')}`;

/** The address of a registry. One on this computer is that of a test, and has no certificate. */
export const originOf = (registry: string): string => `${isLoopback(registry) ? 'http' : 'https'}://${registry}`;

/** The header with a Fly token; none for a registry that takes none. */
export const authorizationFor = (registry: string, token: string | null): { authorization?: string } =>
  token !== null && takesFlyToken(registry) ? { authorization: basicAuthorization(token) } : {};

/**
 * Requests the head of an image's manifest (OCI distribution specification, "Checking if content exists in the
 * registry"). `digest` is null when the registry names none. Rejects when the registry does not answer in 10 s.
 */
export async function headManifest(
  { registry, repository, reference }: ImageName,
  token: string | null,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<{ status: number; digest: string | null }> {
  const answer = await fetch(`${originOf(registry)}/v2/${repository}/manifests/${reference}`, {
    method: 'HEAD',
    headers: { accept: MANIFESTS, ...authorizationFor(registry, token) },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: answer.status, digest: answer.headers.get('docker-content-digest') };
}
