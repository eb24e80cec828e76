import { createReadStream, lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CacheEntry } from './cache.ts';
import { AlteredError, bytesOf, checkFile, type Inventory } from './inventory.ts';
import { FILES, MANIFEST, type Manifest } from './manifest.ts';
import { paddingOf, TAR_END, type TarItem, tarHeader } from './tar-writer.ts';

/**
 * Caches of the installers in the HOME of an installation, and what Python compiles at a first import: both hold times,
 * and no server needs them.
 */
const LEFT_OUT = /^home\/(?:\.npm|\.cache\/(?:uv|pip|node-gyp))(?:\/|$)|(?:^|\/)__pycache__(?:\/|$)/;

const byPath = <Entry extends { path: string }>(entries: readonly Entry[]): Entry[] =>
  entries.filter(({ path }) => !LEFT_OUT.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1));

type Packed = { manifest: Manifest; contents: Map<string, Buffer>; executable: (path: string) => boolean };

/**
 * The entry as it is packed: sorted, and naming the place of the layer wherever it named the folder in which it was
 * installed. `contents` holds the files that therefore differ.
 */
const packed = async ({ files, manifest }: CacheEntry, place: string): Promise<Packed> => {
  const { inventory, relocation } = manifest;
  const named = new Set(relocation.files);
  const contents = new Map<string, Buffer>();
  const own = `/${place}/${FILES}`;
  const list: Inventory['files'] = [];
  for (const file of byPath(inventory.files)) {
    if (!named.has(file.path)) list.push(file);
    else {
      const text = (await readFile(join(files, file.path))).toString('latin1');
      const [from, to] = [relocation.from, own].map((name) => Buffer.from(name).toString('latin1'));
      const content = Buffer.from(
        text.replaceAll(from ?? '', () => to ?? ''),
        'latin1',
      );
      contents.set(file.path, content);
      list.push({ path: file.path, bytes: content.length });
    }
  }
  const linked = new Set(relocation.links);
  const links = byPath(inventory.links).map(({ path, target }) => ({
    path,
    target: linked.has(path) ? own + target.slice(relocation.from.length) : target,
  }));
  const folders = inventory.folders.filter((path) => !LEFT_OUT.test(path)).sort();
  const sorted: Inventory = { folders, files: list, links };
  const kept = (paths: readonly string[]): string[] => paths.filter((path) => !LEFT_OUT.test(path)).sort();
  return {
    contents,
    executable: (path) => (lstatSync(join(files, path)).mode & 0o111) !== 0,
    manifest: {
      program: { ...manifest.program, bytes: bytesOf(sorted) },
      inventory: sorted,
      relocation: { from: own, files: kept(relocation.files), links: kept(relocation.links) },
    },
  };
};

const foldersAbove = (place: string): string[] => {
  const above: string[] = [];
  for (let path = place; path !== '.' && path !== ''; path = dirname(path)) above.unshift(path);
  return above;
};

/**
 * Packs an installation as a layer for an image, which brings it below `root` (without a slash in front). The same
 * installation is the same bytes, whenever and wherever it was made: order, times, owners and modes are fixed. Throws
 * AlteredError where the entry is not what was installed.
 */
export async function* packLayer(entry: CacheEntry, root: string): AsyncGenerator<Buffer> {
  const place = `${root}/${basename(entry.folder)}`;
  const { manifest, contents, executable } = await packed(entry, place);
  const { folders, files, links } = manifest.inventory;
  const below = (path: string): string => `${place}/${FILES}/${path}`;

  async function* file(item: Extract<TarItem, { type: 'file' }>, bytes: AsyncIterable<Buffer> | Buffer[]) {
    yield tarHeader(item);
    let written = 0;
    for await (const chunk of bytes) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== item.size) throw new AlteredError(item.path);
    yield paddingOf(item.size);
  }

  for (const path of [...foldersAbove(place), `${place}/${FILES}`]) yield tarHeader({ type: 'folder', path });
  for (const path of folders) yield tarHeader({ type: 'folder', path: below(path) });
  for (const { path, bytes } of files) {
    const content = contents.get(path);
    if (content === undefined) checkFile(entry.files, { path, bytes }, entry.sealedAtMs);
    const item = { type: 'file' as const, path: below(path), size: bytes, executable: executable(path) };
    yield* file(item, content === undefined ? createReadStream(join(entry.files, path)) : [content]);
  }
  for (const { path, target } of links) yield tarHeader({ type: 'link', path: below(path), target });
  // Last, as in the cache: what has a manifest is whole.
  const text = Buffer.from(JSON.stringify(manifest));
  yield* file({ type: 'file', path: `${place}/${MANIFEST}`, size: text.length, executable: false }, [text]);
  yield TAR_END;
}
