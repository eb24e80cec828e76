import { isImageNotFound } from '#deploy/fly/errors.ts';
import type { Machine as ApiMachine } from '#deploy/fly/wire.ts';
import type { MachineConfig } from '#deploy/machine-config.ts';
import type { Machine, Release } from '#prisma/generated/client/client.ts';
import { specOf } from '../rows/releases.ts';
import type { Step } from './step.ts';

/**
 * Creates a machine from the image that holds its package installed, where there is one: it installs nothing. Its
 * configuration counts as the same: only the way is another. Where the registry has dropped that image, the machine
 * starts from the machine image and installs the package.
 */
export async function createFromImage(
  { fleet, signal }: Pick<Step, 'fleet' | 'signal'>,
  { app, name, region }: Pick<Machine, 'app' | 'name' | 'region'>,
  release: Release,
  config: MachineConfig,
): Promise<ApiMachine> {
  const { packageImages } = fleet;
  const create = (image: string) =>
    fleet.machines.create(app, { name, region, config: { ...config, image } }, { signal });
  const image = app === fleet.app ? await packageImages?.find(specOf(release), signal) : null;
  if (packageImages == null || image == null) return create(config.image);
  try {
    return await create(image);
  } catch (error) {
    if (!isImageNotFound(error)) throw error;
    packageImages.forget(image);
    return create(config.image);
  }
}
