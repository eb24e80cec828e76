import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Header, Pax } from 'tar';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { createCollector, type FileSet } from './file-set.ts';
import { readTarball } from './tarball.ts';

/** A folder or tarball of this computer, kept under its hash so that what runs is what was analyzed. */
export type Archive = { path: string; integrity: string; manifest: ArchiveManifest; files: FileSet };

export const archiveManifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  engines: z.looseObject({ node: z.string().optional() }).optional().catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
export type ArchiveManifest = z.infer<typeof archiveManifestSchema>;

const FOLDER_BYTES_MAX = 300_000_000;
const FOLDER_FILES_MAX = 20_000;
const BLOCK = 512;

const problem = (message: string, hint: string, cause?: unknown): UserError =>
  new UserError('INVALID_SOURCE', message, { kind: 'invalid-input', hint, cause });

/** Never packed: dependencies, which npm installs again, version control, and the secrets of the developer. */
const isLeftOut = (name: string): boolean =>
  name === 'node_modules' ||
  name === '.git' ||
  name === '.DS_Store' ||
  name === '.npmrc' ||
  name === '.catwalk' ||
  (/^\.env(?:\.|$)/.test(name) && !/\.(?:example|sample|template)$/.test(name));

type Entry = { path: string; size: number; executable: boolean };

async function listFolder(root: string, signal: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  const walk = async (relative: string): Promise<void> => {
    signal.throwIfAborted();
    for (const dirent of await readdir(join(root, relative), { withFileTypes: true })) {
      if (isLeftOut(dirent.name)) continue;
      const path = relative === '' ? dirent.name : `${relative}/${dirent.name}`;
      if (dirent.isDirectory()) await walk(path);
      if (!dirent.isFile()) continue; // links are left out, as npm does: they may point anywhere
      const { size, mode } = await lstat(join(root, path));
      bytes += size;
      entries.push({ path, size, executable: (mode & 0o111) !== 0 });
      if (bytes > FOLDER_BYTES_MAX || entries.length > FOLDER_FILES_MAX) {
        throw problem(
          'The folder is too large to deploy.',
          'Point at the folder of the server itself, without data and build caches.',
        );
      }
    }
  };
  await walk('');
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** npm needs a name and a version; a server that is only a script has neither, and no bin. */
function completeManifest(raw: unknown, folder: string): ArchiveManifest {
  const given = z.looseObject({}).catch({}).parse(raw);
  const parsed = archiveManifestSchema.safeParse(given);
  const name = typeof given['name'] === 'string' && given['name'] !== '' ? given['name'] : nameFrom(folder);
  const version = typeof given['version'] === 'string' && given['version'] !== '' ? given['version'] : '0.0.0';
  const manifest = parsed.success ? parsed.data : archiveManifestSchema.parse({ ...given, name, version });
  if (manifest.bin !== undefined) return manifest;
  if (manifest.main === undefined) {
    throw problem(
      'The folder’s package.json names neither a bin nor a main.',
      'Add "bin": "index.js" with the file that starts the server.',
    );
  }
  return { ...manifest, bin: { [manifest.name.replace(/^@[^/]+\//, '')]: manifest.main } };
}

const nameFrom = (folder: string): string => {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'server' : name;
};

function header(path: string, size: number, executable: boolean): Buffer {
  const fields = {
    path: `package/${path}`,
    size,
    mode: executable ? 0o755 : 0o644,
    type: 'File',
    mtime: new Date(0),
    uid: 0,
    gid: 0,
  } as const;
  const block = Buffer.alloc(BLOCK);
  const made = new Header(fields);
  const needsPax = made.encode(block);
  return needsPax ? Buffer.concat([new Pax({ path: fields.path, size }).encode(), block]) : block;
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The same bytes for the same contents, whatever the times and owners of the files. */
async function* tarOf(root: string, entries: Entry[], manifest: Buffer): AsyncGenerator<Buffer> {
  for (const { path, size, executable } of entries) {
    const isManifest = path === 'package.json';
    const length = isManifest ? manifest.length : size;
    yield header(path, length, executable);
    if (isManifest) yield manifest;
    else {
      let read = 0;
      // `end` keeps the length that the header says while the file grows
      for await (const chunk of createReadStream(join(root, path), { end: Math.max(0, size - 1) })) {
        if (size === 0) break;
        read += (chunk as Buffer).length; // a read stream without an encoding gives buffers
        yield chunk as Buffer;
      }
      if (read !== size)
        throw problem(`${path} changed while it was read.`, 'Try again when nothing writes to the folder.');
    }
    yield padding(length);
  }
  yield Buffer.alloc(BLOCK * 2);
}

/** Keeps what `write` writes, unless it throws, under its hash; gives what it found too. */
async function keep<Found>(
  dataDir: string,
  write: (path: string) => Promise<Found>,
): Promise<{ path: string; integrity: string; found: Found }> {
  const folder = join(dataDir, 'sources');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `.${randomUUID()}.partial`);
  try {
    const found = await write(partial);
    const hash = createHash('sha512');
    await pipeline(createReadStream(partial), hash);
    const digest = hash.digest();
    const path = join(folder, `${digest.toString('hex')}.tgz`);
    await rename(partial, path); // the same content under the same name: replacing it changes nothing
    return { path, integrity: `sha512-${digest.toString('base64')}`, found };
  } finally {
    await rm(partial, { force: true });
  }
}

async function readManifest(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(path, 'package.json'), 'utf8');
  } catch (cause) {
    throw problem(
      'The folder has no package.json.',
      'Point at the folder of a Node MCP server: one whose package.json has a bin or a main.',
      cause,
    );
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw problem('The folder’s package.json is not JSON.', 'Correct it, then try again.', cause);
  }
}

/**
 * Packs a folder into `{dataDir}/sources/{sha512}.tgz`, deterministically, without node_modules, .git and .env files.
 * @throws UserError INVALID_SOURCE.
 */
export async function packFolder(path: string, dataDir: string, signal: AbortSignal): Promise<Archive> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) throw problem(`There is no folder at ${path}.`, 'Check the path.');
  const manifest = completeManifest(await readManifest(path), path);
  const entries = await listFolder(path, signal);
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);

  const { path: kept, integrity } = await keep(dataDir, (partial) =>
    pipeline(
      Readable.from(tarOf(path, entries, bytes)),
      createGzip({ level: 6 }),
      createWriteStream(partial, { mode: 0o600 }),
      { signal },
    ),
  );
  const collector = createCollector();
  for (const entry of entries) {
    if (!collector.wants(entry.path, entry.size)) continue;
    collector.add(entry.path, entry.path === 'package.json' ? bytes : await readFile(join(path, entry.path)));
  }
  return { path: kept, integrity, manifest, files: collector.result() };
}

/**
 * Takes a package tarball (as `npm pack` makes it) into `{dataDir}/sources`.
 * @throws UserError INVALID_SOURCE; the tarball must hold a package.json with name, version, and a bin.
 */
export async function importTarball(path: string, dataDir: string, signal: AbortSignal): Promise<Archive> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw problem(`There is no file at ${path}.`, 'Check the path.');
  if (found.size > FOLDER_BYTES_MAX)
    throw problem('The tarball is too large to deploy.', 'It may hold 300 MB at most.');
  // looked at before it is kept: nothing is ever removed that a deployment may run
  const { found: checked, ...kept } = await keep(dataDir, async (partial) => {
    await pipeline(createReadStream(path), createWriteStream(partial, { mode: 0o600 }), { signal });
    return checkTarball(partial, signal);
  });
  return { ...kept, ...checked };
}

async function checkTarball(path: string, signal: AbortSignal): Promise<{ manifest: ArchiveManifest; files: FileSet }> {
  const hint = 'Make it with npm pack, in the folder of the server.';
  const files = await readTarball(createReadStream(path), signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw problem('The file is not a package tarball.', hint, cause);
  });
  const text = files.files.find((file) => file.path === 'package.json')?.text;
  if (text === undefined) throw problem('The tarball holds no package.json.', hint);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw problem('The tarball’s package.json is not JSON.', hint, cause);
  }
  const manifest = archiveManifestSchema.safeParse(raw);
  if (!manifest.success) throw problem('The tarball’s package.json lacks a name or a version.', hint, manifest.error);
  if (manifest.data.bin === undefined)
    throw problem(
      'The tarball’s package.json names no bin.',
      'Add "bin" with the file that starts the server, and pack it again.',
    );
  return { manifest: manifest.data, files };
}
