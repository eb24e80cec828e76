import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PackageSpec } from '../contract.ts';
import { failWith } from '../failure.ts';
import { ensureInstalled, type InstallMarker } from './cache.ts';
import type { InstallContext } from './context.ts';
import { installGit } from './git.ts';
import { installNpm } from './npm.ts';
import { installPython, pypiTarget } from './python.ts';

/** What is there to run, once installed. */
export type Program = {
  command: string;
  args: string[];
  name: string;
  version: string | null;
  bin: string;
  cached: boolean;
  packages: number;
  bytes: number;
  engineWarning: string | null;
};

/** Native modules depend on these; a cache that outlives an upgrade of Node must not serve them. */
const PLATFORM = { node: process.versions.modules, platform: process.platform, arch: process.arch };

const programOf = (folder: string, marker: InstallMarker, cached: boolean): Program => {
  const path = join(folder, marker.bin);
  const interpreter = { node: process.execPath, python: join(folder, 'venv/bin/python') };
  return {
    command: marker.interpreter === null ? path : interpreter[marker.interpreter],
    args: marker.interpreter === null ? [] : [...marker.interpreterArgs, path],
    name: marker.name,
    version: marker.version,
    bin: marker.bin,
    cached,
    packages: marker.packages,
    bytes: marker.bytes,
    engineWarning: marker.engineWarning,
  };
};

const cached = async (
  context: InstallContext,
  key: unknown,
  install: (folder: string) => Promise<InstallMarker>,
): Promise<Program> => {
  const found = await ensureInstalled({
    cacheDir: resolve(context.cacheDir),
    key: [PLATFORM, key],
    user: context.user,
    install,
  });
  return programOf(found.folder, found.marker, found.cached);
};

const checkArchive = async (path: string, integrity: string): Promise<void> => {
  await access(path).catch((cause: unknown) =>
    failWith('PACKAGE_NOT_FOUND', `The package file ${path} cannot be read: ${String(cause)}.`, {
      hint: 'Deploy the folder or tarball again.',
    }),
  );
  const dash = integrity.indexOf('-');
  const hash = createHash(integrity.slice(0, dash));
  await pipeline(createReadStream(path), hash);
  if (hash.digest('base64') !== integrity.slice(dash + 1))
    failWith('INTEGRITY_MISMATCH', 'The package file has changed since it was deployed.', {
      hint: 'Deploy the folder or tarball again.',
    });
};

/** Makes the package runnable on this machine; a cached one at once. Throws HostFailureError. */
export const installPackage = async (spec: PackageSpec, context: InstallContext): Promise<Program> => {
  switch (spec.runtime) {
    case 'npm':
      return cached(context, ['npm', spec.name, spec.version, spec.integrity ?? null, spec.bin ?? null], (folder) =>
        installNpm(
          { ...spec, spec: `${spec.name}@${spec.version}`, label: `${spec.name}@${spec.version}`, mainWillDo: false },
          folder,
          context,
        ),
      );
    case 'archive': {
      await checkArchive(spec.path, spec.integrity);
      return cached(context, ['archive', spec.integrity, spec.bin ?? null], (folder) =>
        installNpm(
          {
            spec: resolve(spec.path),
            label: spec.path,
            mainWillDo: true,
            ...(spec.bin === undefined ? {} : { bin: spec.bin }),
          },
          folder,
          context,
        ),
      );
    }
    case 'command':
      return {
        command: spec.command === 'node' ? process.execPath : spec.command,
        args: spec.args,
        name: [spec.command, ...spec.args].join(' '),
        version: null,
        bin: spec.command,
        cached: true,
        packages: 0,
        bytes: 0,
        engineWarning: null,
      };
    case 'pypi':
      return cached(context, ['pypi', spec.name, spec.version, spec.hashes ?? null, spec.bin ?? null], (folder) =>
        installPython(pypiTarget(spec), folder, context),
      );
    case 'git':
      return cached(
        context,
        ['git', spec.installer, spec.url, spec.commit, spec.subfolder ?? null, spec.bin ?? null],
        (folder) => installGit(spec, folder, context),
      );
  }
};
