import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { HostFailureCode } from '../contract.ts';
import { failWith } from '../failure.ts';
import { ImageError, type ImageErrorKind } from '../images/image-error.ts';
import { parseImageReference, registryOrigin } from '../images/image-reference.ts';
import { wordsOf } from '../images/image-start.ts';
import { ensureImage } from '../images/image-store.ts';
import { createPublicFetch } from '../images/public-fetch.ts';
import { createRegistryReader } from '../images/registry-access.ts';
import type { PackageSpec } from '../package-spec.ts';
import { PACKAGE_FOLDER } from './cache.ts';
import { enterUse } from './cache-room.ts';
import type { InstallContext } from './context.ts';
import type { Program } from './program.ts';

type ImageSpec = Extract<PackageSpec, { runtime: 'oci' }>;

/** Images lie apart from installations: they are never copied. */
const IMAGES_FOLDER = 'images';

const NO_BOX = {
  reason: 'No box can be made on this machine.',
  hint: 'Run Catwalk on Linux with bubblewrap and MACHINES_ISOLATION=auto or require, or machines on Fly (docs/machines.md).',
};

const CODES: Record<ImageErrorKind, HostFailureCode> = {
  'not-found': 'PACKAGE_NOT_FOUND',
  unauthorized: 'PACKAGE_NOT_FOUND',
  unavailable: 'INSTALL_FAILED',
  unsupported: 'INSTALL_FAILED',
  'too-large': 'INSTALL_FAILED',
  damaged: 'INTEGRITY_MISMATCH',
};

const explained = (error: unknown): never => {
  if (!(error instanceof ImageError)) throw error;
  return failWith(CODES[error.kind], error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.kind === 'unavailable',
  });
};

/** Unpacks an image, unless it is there, and starts its program in a box with its files as the root. */
export const installImage = async (spec: ImageSpec, context: InstallContext): Promise<Program> => {
  const { signal, registries, log, onProgress } = context;
  if (context.box === null) {
    const { reason, hint } = context.missingBox ?? NO_BOX;
    return failWith('INSTALL_FAILED', `A container image runs in a box only. ${reason}`, { hint });
  }
  const reference = parseImageReference(`${spec.image}@${spec.digest}`);
  if (reference === null) return failWith('PACKAGE_NOT_FOUND', `${spec.image} is not the name of an image.`);
  const { registry, repository } = reference;
  const { trusted, login } = registries;
  const reader = () =>
    createRegistryReader({
      registry,
      repository,
      origin: registryOrigin(registry, trusted),
      login,
      fetch: createPublicFetch(trusted),
    });
  log(`Image ${spec.image}@${spec.digest}.`);
  const ensure = () =>
    ensureImage({
      folder: join(resolve(context.cacheDir), IMAGES_FOLDER),
      digest: spec.digest,
      reader,
      signal,
      onProgress: (bytes) => onProgress({ packages: 1, bytes }),
    }).catch(explained);
  let image = await ensure();
  await enterUse({ folder: dirname(image.root), cached: image.cached }, context);
  // Another host may have removed it before this one was known to use it.
  if (!existsSync(image.root)) image = await ensure();
  const overrides = {
    ...(spec.entrypoint === undefined ? {} : { entrypoint: spec.entrypoint }),
    ...(spec.workingDir === undefined ? {} : { workingDir: spec.workingDir }),
  };
  const [bin = ''] = (() => {
    try {
      return wordsOf(image.config, overrides, context.args);
    } catch (error) {
      return explained(error);
    }
  })();
  return {
    name: spec.image,
    version: spec.tag ?? spec.digest,
    bin,
    cached: image.cached,
    packages: 1,
    bytes: 0, // a workspace holds no copy of it
    engineWarning: null,
    inventory: { folders: [], files: [], links: [] },
    hasCopies: true,
    copyInto: async (folder) => {
      await mkdir(join(folder, PACKAGE_FOLDER), { recursive: true, mode: 0o700 });
    },
    prepareCopy: async () => undefined,
    launchIn: () => ({ command: bin, args: [], commandFolders: [], needs: [] }),
    image: { root: image.root, config: image.config, overrides, volumes: spec.volumes ?? [] },
  };
};
