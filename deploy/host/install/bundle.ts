import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, realpathSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { failWith, messageOf } from '../failure.ts';
import type { PackageSpec } from '../package-spec.ts';
import { openZip, type ZipArchive, ZipError } from '../zip.ts';
import type { Installation } from './cache.ts';
import type { InstallContext } from './context.ts';
import { pythonsOnPath } from './pythons-on-path.ts';
import { runTool } from './run-tool.ts';

type BundleSpec = Extract<PackageSpec, { runtime: 'mcpb' }>;

/** The folder of a bundle's files, below the package. */
export const BUNDLE_FOLDER = 'bundle';
const DOWNLOAD_MS_MAX = 5 * 60_000;
const DOWNLOAD_BYTES_MAX = 300 * 1024 * 1024;
const VENV_MS_MAX = 2 * 60_000;

const download = async ({ url, name }: BundleSpec, path: string, signal: AbortSignal): Promise<void> => {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS_MAX)]);
  try {
    const answer = await fetch(url ?? '', { signal: limited });
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    let bytes = 0;
    const bounded = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]).map((chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DOWNLOAD_BYTES_MAX) throw new Error('it is larger than 300 MB');
      return chunk;
    });
    await pipeline(bounded, createWriteStream(path, { mode: 0o600 }), { signal: limited });
  } catch (error) {
    signal.throwIfAborted();
    failWith('PACKAGE_NOT_FOUND', `The bundle ${name} could not be downloaded: ${messageOf(error)}.`, {
      hint: 'Check whether its address still works, and deploy it again.',
      retryable: true,
    });
  }
};

const checkIntegrity = async ({ integrity, name }: BundleSpec, path: string): Promise<void> => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  if (`sha512-${hash.digest('base64')}` !== integrity)
    failWith('INTEGRITY_MISMATCH', `The bundle ${name} is not what was pinned.`, {
      hint: 'Analyze the source again; if it happens again, do not trust this bundle.',
    });
};

const unpack = async (zip: ZipArchive, folder: string, { user, signal }: InstallContext): Promise<number> => {
  const made = new Set<string>();
  const makeFolder = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    made.add(path);
    if (path !== folder) await makeFolder(dirname(path));
    await mkdir(path, { recursive: true });
    if (user) await chown(path, user.uid, user.gid);
  };
  let bytes = 0;
  for (const file of zip.files) {
    signal.throwIfAborted();
    const path = join(folder, file.path);
    await makeFolder(dirname(path));
    const data = await zip.read(file);
    bytes += data.length;
    await writeFile(path, data, { flag: 'wx', mode: file.isExecutable ? 0o755 : 0o644 });
    if (user) await chown(path, user.uid, user.gid);
  }
  return bytes;
};

/** An environment without packages of its own: the bundle brings them. Gives the Python behind it. */
const makeEnvironment = async (folder: string, context: InstallContext): Promise<string> => {
  let lines: string[] = [];
  // The first one may be a switch between versions that leads to none, or lack the module.
  for (const python of pythonsOnPath(context)) {
    const result = await runTool({
      command: python,
      args: ['-m', 'venv', '--without-pip', '--clear', join(folder, 'venv')],
      cwd: folder,
      env: context.env,
      user: context.user,
      confine: context.confine,
      signal: context.signal,
      timeoutMs: VENV_MS_MAX * context.timeFactor,
      onLine: context.log,
    });
    if (result.code === 0) return realpathSync(join(folder, 'venv/bin/python'));
    lines = result.lines;
  }
  return failWith('INSTALL_FAILED', 'No Python on this machine could make an environment for the bundle.', {
    hint: 'Install Python 3 with its module venv.',
    stderrTail: lines.slice(-20),
  });
};

/** Unpacks a bundle for desktop clients (MCPB) as it is: nothing of it is built, and no script of it runs. */
export const installBundle = async (
  spec: BundleSpec,
  folder: string,
  context: InstallContext,
): Promise<Installation> => {
  const downloaded = join(folder, 'bundle.mcpb');
  const isHere = spec.path !== undefined && existsSync(spec.path);
  if (!isHere && spec.url === undefined)
    failWith('PACKAGE_NOT_FOUND', `The bundle ${spec.name} is not on this machine.`, {
      hint: 'Deploy the file again.',
    });
  if (!isHere) await download(spec, downloaded, context.signal);
  const path = isHere && spec.path !== undefined ? spec.path : downloaded;
  await checkIntegrity(spec, path);
  const target = join(folder, BUNDLE_FOLDER);
  try {
    const zip = await openZip(path);
    try {
      context.onProgress({ packages: 1, bytes: await unpack(zip, target, context) });
    } finally {
      await zip.close();
    }
  } catch (error) {
    if (error instanceof ZipError)
      failWith('INSTALL_FAILED', `The bundle ${spec.name} cannot be unpacked: ${error.message}`);
    throw error;
  }
  await rm(downloaded, { force: true });
  if (!existsSync(join(target, spec.entry)))
    failWith('NO_BIN', `The bundle ${spec.name} does not contain ${spec.entry}, which its manifest names.`);
  const isPython = spec.kind === 'python';
  const python = isPython ? await makeEnvironment(folder, context) : null;
  return {
    program: {
      name: spec.name,
      version: spec.version,
      bin: join(BUNDLE_FOLDER, spec.entry),
      interpreter: spec.kind === 'binary' ? null : spec.kind,
      interpreterArgs: [],
      commandFolders: isPython ? ['venv/bin'] : [],
      python,
      packages: 1,
      engineWarning: null,
    },
    mayNameItself: (file) => isPython && file.startsWith('venv/'),
  };
};

/** The folder of the bundle, as its manifest writes it. */
const DIRNAME = '${__dirname}';

/** Puts the folder of a bundle's files in the place of the manifest's word for it. */
export const inBundle = (text: string, packageFolder: string): string =>
  text.replaceAll(DIRNAME, join(packageFolder, BUNDLE_FOLDER));
