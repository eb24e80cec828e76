import type { PackageSpec } from '#deploy/host/contract.ts';
import type { NpmRegistry } from '#server/domain/analysis/registries/npm.ts';
import { UserError } from '#server/domain/errors.ts';

/** The exact version of a package that a new release is to run: the newest one, or the one that is named. */
export const createResolvePackage =
  (npm: Pick<NpmRegistry, 'getPackage'>) =>
  async (spec: PackageSpec, version: string | null, signal: AbortSignal): Promise<PackageSpec> => {
    if (spec.runtime === 'npm') {
      const { integrity: _, ...rest } = spec;
      const found = await npm.getPackage(spec.name, version, signal);
      return { ...rest, version: found.version, ...(found.integrity === null ? {} : { integrity: found.integrity }) };
    }
    if (version === null) return spec;
    throw new UserError('VERSION_NOT_FOUND', 'Only packages of a registry have versions to choose from.', {
      kind: 'invalid-input',
      hint: 'Analyse the source again to deploy what it is now.',
    });
  };
