import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openZip, ZipError } from '#deploy/host/zip.ts';
import { UserError } from '../../errors.ts';
import { boundedGet, TooLargeError } from '../../outbound/bounded-get.ts';
import type { SafeFetch } from '../../outbound/safe-fetch.ts';

/** A bundle (MCPB), kept under its hash so that what runs is what was analyzed. */
export type Bundle = {
  path: string;
  integrity: string;
  /** `manifest.json`, as it stands in the bundle. */
  manifest: unknown;
  /** The paths of its files. */
  paths: ReadonlySet<string>;
};

const BUNDLE_BYTES_MAX = 100 * 1024 * 1024;
const MANIFEST_BYTES_MAX = 1024 * 1024;
const DOWNLOAD_MS_MAX = 60_000;

const problem = (message: string, hint: string, cause?: unknown): UserError =>
  new UserError('INVALID_SOURCE', message, { kind: 'invalid-input', hint, cause });

const HINT = 'Pack it with the packer of MCP bundles (mcpb pack), in the folder of the server.';

async function download(url: string, path: string, fetch: SafeFetch, signal: AbortSignal): Promise<void> {
  const got = await boundedGet(fetch, { url, signal, timeoutMs: DOWNLOAD_MS_MAX, bytesMax: BUNDLE_BYTES_MAX }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      if (cause instanceof TooLargeError)
        throw problem('The bundle is larger than 100 MB.', 'Paste its package.', cause);
      throw new UserError('PACKAGE_NOT_FOUND', 'The bundle could not be downloaded.', {
        kind: 'upstream',
        retryable: true,
        hint: 'Check its address.',
        cause,
      });
    },
  );
  if (got.status !== 200)
    throw new UserError('PACKAGE_NOT_FOUND', `There is no bundle at this address (HTTP ${got.status}).`, {
      kind: 'not-found',
      hint: 'Check the address.',
    });
  await writeFile(path, got.body, { mode: 0o600 });
}

async function readManifest(path: string): Promise<Pick<Bundle, 'manifest' | 'paths'>> {
  try {
    const zip = await openZip(path);
    try {
      const found = zip.files.find((file) => file.path === 'manifest.json');
      if (!found || found.bytes > MANIFEST_BYTES_MAX) throw problem('The bundle holds no manifest.json.', HINT);
      const text = (await zip.read(found)).toString('utf8').replace(/^\uFEFF/, '');
      const manifest: unknown = JSON.parse(text);
      return { manifest, paths: new Set(zip.files.map((file) => file.path)) };
    } finally {
      await zip.close();
    }
  } catch (error) {
    if (error instanceof ZipError) throw problem(`The bundle cannot be read: ${error.message}`, HINT, error);
    if (error instanceof SyntaxError) throw problem('The bundle’s manifest.json is not JSON.', HINT, error);
    throw error;
  }
}

/**
 * Takes a bundle, from this computer or from an address, into `{dataDir}/sources`.
 * @throws UserError INVALID_SOURCE, PACKAGE_NOT_FOUND.
 */
export async function importBundle(
  from: { path: string } | { url: string },
  { dataDir, fetch }: { dataDir: string; fetch: SafeFetch },
  signal: AbortSignal,
): Promise<Bundle> {
  const folder = join(dataDir, 'sources');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `.${randomUUID()}.partial`);
  try {
    if ('url' in from) await download(from.url, partial, fetch, signal);
    else {
      const found = await stat(from.path).catch(() => null);
      if (!found?.isFile()) throw problem(`There is no file at ${from.path}.`, 'Check the path.');
      if (found.size > BUNDLE_BYTES_MAX)
        throw problem('The bundle is larger than 100 MB.', 'Deploy its package instead.');
      await copyFile(from.path, partial);
    }
    const read = await readManifest(partial);
    const digest = createHash('sha512')
      .update(await readFile(partial))
      .digest();
    const path = join(folder, `${digest.toString('hex')}.mcpb`);
    await rename(partial, path); // the same content under the same name: replacing it changes nothing
    return { path, integrity: `sha512-${digest.toString('base64')}`, ...read };
  } finally {
    await rm(partial, { force: true });
  }
}
