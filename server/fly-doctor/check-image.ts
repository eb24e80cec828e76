import { findUnreadable } from '#deploy/image/copy-image.ts';
import { headManifest, type ImageName, isDigest, parseImage, takesFlyToken } from '#deploy/image/registry.ts';
import type { Env } from '../env.ts';
import { type Finding, missing, ok, sentenceOf, warning } from './finding.ts';

const PUSH = 'npm run fly:image builds it, pushes it and says its name.';

/** Checks that the machine image can be pulled, and that its name stays the same image. */
export async function checkImage(
  env: Pick<Env, 'FLY_MCP_IMAGE' | 'FLY_API_TOKEN'>,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Finding> {
  const image = env.FLY_MCP_IMAGE;
  if (image === undefined) return missing('image', 'FLY_MCP_IMAGE is unset.', PUSH);
  const name = parseImage(image);
  if (name === null) {
    return missing('image', `FLY_MCP_IMAGE is no name of an image with a tag or digest: ${image}`, PUSH);
  }
  try {
    const token = env.FLY_API_TOKEN?.reveal() ?? null;
    const { status, digest } = await headManifest(name, token, fetch);
    if (status === 200) {
      if (isDigest(name.reference)) return await checkCopies(image, name, token);
      const pinned = digest === null ? '' : ` It is ${name.registry}/${name.repository}@${digest} now.`;
      return warning(
        'image',
        `${image} can be pulled, but its tag may become another image.${pinned}`,
        'Set FLY_MCP_IMAGE to the name with the digest, as npm run fly:image does.',
      );
    }
    if (status === 404) return missing('image', `${image} is not in the registry.`, PUSH);
    if (status === 401 || status === 403) {
      const hint = takesFlyToken(name.registry)
        ? 'The app that the image belongs to must be of the same organization.'
        : PUSH;
      return missing('image', `The registry does not show ${image} to this token.`, hint);
    }
    return missing('image', `The registry answered ${status} for ${image}.`, 'Try again.');
  } catch (error) {
    return missing('image', `The registry could not be asked: ${sentenceOf(error)}`, 'Is the network there?');
  }
}

const PARTS_MS_MAX = 30_000;

/** Organizations of users get copies of the image: every part of it must be readable with the platform's token. */
async function checkCopies(
  image: string,
  { registry, repository, reference }: ImageName,
  token: string | null,
): Promise<Finding> {
  if (!takesFlyToken(registry)) return ok('image', `${image} can be pulled.`);
  const from = { registry, name: repository, token };
  const missingPart = await findUnreadable(from, reference, AbortSignal.timeout(PARTS_MS_MAX));
  return missingPart === null
    ? ok('image', `${image} can be pulled, and copied into the organizations of users with a Fly token of their own.`)
    : missing('image', `The registry lacks a part of ${image}: ${missingPart}.`, PUSH);
}
