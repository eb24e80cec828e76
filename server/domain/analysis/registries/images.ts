import type { ImageConfig } from '#deploy/host/images/image-config.ts';
import { ImageError } from '#deploy/host/images/image-error.ts';
import { type ImageReference, imageName, registryOrigin } from '#deploy/host/images/image-reference.ts';
import { readImage } from '#deploy/host/images/read-image.ts';
import { createRegistryReader, type RegistryLogin } from '#deploy/host/images/registry-access.ts';
import { UserError } from '../../errors.ts';
import type { SafeFetch } from '../../outbound/safe-fetch.ts';

/** An image as its registry describes it: for linux/amd64, pinned by digest. */
export type PublishedImage = { reference: ImageReference; digest: string; config: ImageConfig };

export interface ImageRegistries {
  /** @throws UserError PACKAGE_NOT_FOUND, NOT_DEPLOYABLE, REGISTRY_UNREACHABLE. */
  getImage(reference: ImageReference, signal: AbortSignal): Promise<PublishedImage>;
}

const READ_MS_MAX = 60_000;

/** An error of an image for people. */
export const asUserError = (error: ImageError): UserError => {
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  switch (error.kind) {
    case 'not-found':
    case 'unauthorized':
      return new UserError('PACKAGE_NOT_FOUND', error.message, { kind: 'not-found', cause: error, ...hint });
    case 'unavailable':
      return new UserError('REGISTRY_UNREACHABLE', error.message, {
        kind: 'upstream',
        retryable: true,
        cause: error,
        ...hint,
      });
    default:
      return new UserError('NOT_DEPLOYABLE', error.message, { kind: 'invalid-input', cause: error, ...hint });
  }
};

/** Reads manifests and configurations from registries of container images. Layers are left to the machines. */
export const createImageRegistries = (deps: {
  fetch: SafeFetch;
  /** Origins of registries that go without TLS, or have a private address. */
  trusted: readonly string[];
  loginFor: (registry: string) => RegistryLogin | null;
}): ImageRegistries => ({
  getImage: async (reference, signal) => {
    const { registry, repository, tag, digest } = reference;
    const reader = createRegistryReader({
      registry,
      repository,
      origin: registryOrigin(registry, deps.trusted),
      login: deps.loginFor(registry),
      fetch: deps.fetch,
    });
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(READ_MS_MAX)]);
      const image = await readImage(reader, digest ?? tag ?? 'latest', limited);
      return { reference, digest: image.digest, config: image.config };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ImageError) throw asUserError(error);
      throw asUserError(
        new ImageError('unavailable', `The registry of ${imageName(reference)} did not answer in time.`, {
          cause: error,
        }),
      );
    }
  },
});
