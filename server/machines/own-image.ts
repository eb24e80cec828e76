import { MachinesError, type MachinesErrorKind } from '#deploy/fly/errors.ts';
import { copyImage } from '#deploy/image/copy-image.ts';
import { RegistryError } from '#deploy/image/distribution.ts';
import { isDigest, parseImage, takesFlyToken } from '#deploy/image/registry.ts';

/** Pulled layers of some hundred MB through this computer. */
const COPY_MS_MAX = 15 * 60_000;

/**
 * The name of the machine image in the repository of an app of another organization: Fly pulls private images of an
 * organization for that one alone (superfly/docs, blueprints/using-the-fly-docker-registry). An image of another registry
 * is public and keeps its name.
 */
export const ownImageName = (image: string, app: string): string => {
  const name = parseImage(image);
  if (name === null || !takesFlyToken(name.registry)) return image;
  return `${name.registry}/${app}${isDigest(name.reference) ? '@' : ':'}${name.reference}`;
};

export type OwnImage = {
  /** The image of the installation, and the token that may read it. */
  image: string;
  platformToken: string | null;
  app: string;
  ownToken: string | null;
};

const kindOf = ({ status }: RegistryError): MachinesErrorKind => {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'image-not-found';
  return 'unavailable';
};

/** Copies the machine image into an app's own repository, unless it is there. Rejects with a MachinesError. */
export async function ensureOwnImage({ image, platformToken, app, ownToken }: OwnImage): Promise<void> {
  const name = parseImage(image);
  if (name === null || !takesFlyToken(name.registry)) return;
  const { registry, repository, reference } = name;
  try {
    await copyImage({
      from: { registry, name: repository, token: platformToken },
      to: { registry, name: app, token: ownToken },
      reference,
      signal: AbortSignal.timeout(COPY_MS_MAX),
    });
  } catch (cause) {
    const error = cause instanceof RegistryError ? cause : new RegistryError('The copy took too long.', null, cause);
    throw new MachinesError(`The machine image could not be copied into ${app}: ${error.message}`, {
      kind: kindOf(error),
      operation: `copy-image ${app}`,
      status: error.status,
      code: null,
      requestId: null,
      sent: false,
      cause: error,
    });
  }
}
