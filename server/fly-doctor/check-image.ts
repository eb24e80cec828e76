import type { Env } from '../env.ts';
import { type Finding, missing, ok, sentenceOf } from './finding.ts';

const TIMEOUT_MS = 10_000;
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const PUSH = 'npm run fly:image builds it, pushes it and says its name.';

/** `registry/repository:tag` or `registry/repository@digest`; null when it is neither. */
export function parseImage(image: string): { registry: string; repository: string; reference: string } | null {
  const parsed = /^([\w.-]+(?::\d+)?)\/([a-z0-9._/-]+?)(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))$/.exec(image);
  if (!parsed) return null;
  const [, registry = '', repository = '', tag, digest] = parsed;
  return { registry, repository, reference: digest ?? tag ?? '' };
}

/**
 * Checks that the machine image can be pulled: requests the manifest as in the OCI distribution specification
 * ("Checking if content exists in the registry"), with Fly's token, which its registry takes for any user name.
 */
export async function checkImage(
  env: Pick<Env, 'FLY_MCP_IMAGE' | 'FLY_API_TOKEN'>,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Finding> {
  const image = env.FLY_MCP_IMAGE;
  if (image === undefined) return missing('image', 'FLY_MCP_IMAGE is unset.', PUSH);
  const parsed = parseImage(image);
  if (parsed === null) {
    return missing('image', `FLY_MCP_IMAGE is no name of an image with a tag or digest: ${image}`, PUSH);
  }
  const { registry, repository, reference } = parsed;
  const protocol = /^(localhost|127\.0\.0\.1)(:|$)/.test(registry) ? 'http' : 'https';
  const credentials = Buffer.from(`x:${env.FLY_API_TOKEN?.reveal() ?? ''}`).toString('base64');
  const isFly = registry === 'registry.fly.io' || protocol === 'http';
  try {
    const answer = await fetch(`${protocol}://${registry}/v2/${repository}/manifests/${reference}`, {
      method: 'HEAD',
      headers: { accept: MANIFESTS, ...(isFly ? { authorization: `Basic ${credentials}` } : {}) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 200) return ok('image', `${image} can be pulled.`);
    if (answer.status === 404) return missing('image', `${image} is not in the registry.`, PUSH);
    if (answer.status === 401 || answer.status === 403) {
      const hint = isFly ? 'The app that the image belongs to must be of the same organization.' : PUSH;
      return missing('image', `The registry does not show ${image} to this token.`, hint);
    }
    return missing('image', `The registry answered ${answer.status} for ${image}.`, 'Try again.');
  } catch (error) {
    return missing('image', `The registry could not be asked: ${sentenceOf(error)}`, 'Is the network there?');
  }
}
