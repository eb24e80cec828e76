import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chown, copyFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { settingsFiles } from '../box/installer-settings.ts';
import { failWith } from '../failure.ts';
import { isCompiled, type PackageSpec } from '../package-spec.ts';
import { removeTree } from '../remove-tree.ts';
import { inBundle, installBundle } from './bundle.ts';
import { type CacheOptions, discardEntry, ensureInstalled, type Installation, PACKAGE_FOLDER } from './cache.ts';
import { enterUse, markUsed } from './cache-room.ts';
import type { InstallContext } from './context.ts';
import { installGit } from './git.ts';
import { installImage } from './image.ts';
import { AlteredError, below } from './inventory.ts';
import { packLayer } from './layer.ts';
import type { InstalledProgram } from './manifest.ts';
import { installNpm } from './npm.ts';
import { copyEntry, prepareCopy } from './private-copy.ts';
import type { Launch, Program } from './program.ts';
import { installPython, pypiTarget, pythonKey } from './python.ts';

/** Native modules depend on these; a cache that outlives an upgrade of Node must not serve them. */
const PLATFORM = { node: process.versions.modules, platform: process.platform, arch: process.arch };

/** A cached installation that was altered is installed again; one that is altered at once, again and again, is not. */
const COPY_ATTEMPTS_MAX = 3;

const launchIn = (
  { bin, interpreter, interpreterArgs, commandFolders, python }: InstalledProgram,
  folder: string,
): Launch => {
  const home = join(folder, PACKAGE_FOLDER);
  const path = join(home, bin);
  const interpreters = { node: process.execPath, python: join(home, 'venv/bin/python') };
  return {
    command: interpreter === null ? path : interpreters[interpreter],
    args: interpreter === null ? [] : [...interpreterArgs, path],
    commandFolders: commandFolders.map((name) => join(home, name)),
    // …/bin/python3: its libraries are beside the folder of the program.
    needs: python === null ? [] : [dirname(dirname(python))],
  };
};

/** Tools of an installation write into its folder alone, and into their own TMPDIR. */
const confinedTo = (folder: string, { box, env }: InstallContext): Pick<InstallContext, 'confine'> =>
  box === null
    ? {}
    : {
        confine: (command, tools) =>
          box.wrap(command, {
            writable: [folder, ...(env['TMPDIR'] === undefined ? [] : [env['TMPDIR']])],
            readable: [...tools, ...settingsFiles(env)],
          }),
      };

/** A compiler needs more than its server will: it works in a box with limits of its own, where there is one. */
const inBuilder = (context: InstallContext): InstallContext => ({
  ...context,
  box: context.builder?.box ?? context.box,
});

const cached = async (
  context: InstallContext,
  key: unknown,
  install: (folder: string, context: InstallContext) => Promise<Installation>,
): Promise<Program> => {
  const { signal, user } = context;
  const options: CacheOptions = {
    cacheDir: resolve(context.cacheDir),
    ...(context.installedDir === undefined ? {} : { installedDir: context.installedDir }),
    key: [PLATFORM, key],
    user,
    // Without a HOME of the computer's own, what install scripts keep in theirs is a part of the installation.
    install: (folders) => {
      const env = { HOME: folders.home, ...context.env };
      return install(folders.package, { ...context, env, ...confinedTo(dirname(folders.package), context) });
    },
    log: context.log,
  };
  let entry = await ensureInstalled(options);
  if (!entry.inImage) await enterUse(entry, context);
  const { program } = entry.manifest;

  const copy = async (folder: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await copyEntry(entry, folder, { user, signal });
      } catch (error) {
        await removeTree(folder);
        if (!(error instanceof AlteredError) || attempt === COPY_ATTEMPTS_MAX) throw error;
        context.log(`The cached installation is not what was installed (${error.message}). Installing it again.`);
        await discardEntry(entry);
        entry = await ensureInstalled(options);
        await markUsed(entry.folder);
      }
    }
  };

  /** One after the other: two that find the entry altered must not discard what the first has installed again. */
  let copying: Promise<unknown> = Promise.resolve();
  const copyInto = (folder: string): Promise<void> => {
    const copied = copying.then(() => copy(folder));
    copying = copied.catch(() => undefined); // the caller has it
    return copied;
  };

  return {
    ...program,
    cached: entry.cached,
    inventory: below(PACKAGE_FOLDER, entry.manifest.inventory),
    hasCopies: true,
    copyInto,
    prepareCopy: () => prepareCopy(entry, signal),
    packLayer: (root) => (entry.inImage ? null : packLayer(entry, root)),
    launchIn: (folder) => launchIn(program, folder),
  };
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

/** The archive is the server's alone: in a box, installers get a copy that their user can read. */
const readableArchive = async (path: string, { box, env, user }: InstallContext): Promise<string> => {
  const temporary = env['TMPDIR'];
  if (box === null || temporary === undefined) return resolve(path);
  const copy = join(temporary, 'package.tgz');
  await copyFile(path, copy);
  if (user) await chown(copy, user.uid, user.gid);
  return copy;
};

/** Makes the package runnable on this machine; a cached one at once. Throws HostFailureError. */
export const installPackage = async (spec: PackageSpec, context: InstallContext): Promise<Program> => {
  switch (spec.runtime) {
    case 'npm':
      return cached(
        context,
        ['npm', spec.name, spec.version, spec.integrity ?? null, spec.bin ?? null],
        (folder, own) =>
          installNpm(
            { ...spec, spec: `${spec.name}@${spec.version}`, label: `${spec.name}@${spec.version}`, mainWillDo: false },
            folder,
            own,
          ),
      );
    case 'archive': {
      await checkArchive(spec.path, spec.integrity);
      return cached(context, ['archive', spec.integrity, spec.bin ?? null], async (folder, own) =>
        installNpm(
          {
            spec: await readableArchive(spec.path, own),
            label: spec.path,
            mainWillDo: true,
            ...(spec.bin === undefined ? {} : { bin: spec.bin }),
          },
          folder,
          own,
        ),
      );
    }
    case 'command':
      return {
        name: [spec.command, ...spec.args].join(' '),
        version: null,
        bin: spec.command,
        cached: true,
        packages: 0,
        bytes: 0,
        engineWarning: null,
        inventory: { folders: [], files: [], links: [] },
        hasCopies: false,
        copyInto: async () => undefined,
        prepareCopy: async () => undefined,
        launchIn: () => ({
          command: spec.command === 'node' ? process.execPath : spec.command,
          args: spec.args,
          commandFolders: [],
          needs: [],
        }),
      };
    case 'mcpb': {
      const program = await cached(context, ['mcpb', spec.integrity, spec.kind, spec.entry], (folder, own) =>
        installBundle(spec, folder, own),
      );
      return { ...program, expand: (text, folder) => inBundle(text, join(folder, PACKAGE_FOLDER)) };
    }
    case 'oci':
      return installImage(spec, context);
    case 'bundle':
    case 'remote':
      return failWith('INSTALL_FAILED', 'This server runs elsewhere: there is nothing to install.');
    case 'pypi':
      return cached(
        context,
        ['pypi', spec.name, spec.version, spec.hashes ?? null, spec.bin ?? null, ...pythonKey(spec)],
        (folder, own) => installPython(pypiTarget(spec), folder, own),
      );
    case 'git':
      return cached(
        isCompiled(spec) ? inBuilder(context) : context,
        ['git', spec.installer, spec.url, spec.commit, spec.subfolder ?? null, spec.bin ?? null, ...pythonKey(spec)],
        (folder, own) => installGit(spec, folder, own),
      );
  }
};
