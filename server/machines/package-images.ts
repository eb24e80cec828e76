import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { appendLayer } from '#deploy/image/append-layer.ts';
import { createRepository } from '#deploy/image/distribution.ts';
import { packLayerFile } from '#deploy/image/pack-layer-file.ts';
import { isDigest, parseImage, takesFlyToken } from '#deploy/image/registry.ts';
import type { PackageImages } from '#server/domain/deployments/reconcile/fleet.ts';

/** Beyond this the machine image and its copy take too much of a machine's disk. */
const LAYER_BYTES_MAX = 2 * 1024 ** 3;
const FIND_MS_MAX = 5_000;
/** A layer of some hundred MB, from a machine with a slow processor. */
const KEEP_MS_MAX = 15 * 60_000;
/** A package that could not be kept is not tried again before. */
const PAUSE_MS = 30 * 60_000;
/** Raised when the layers of another version of Catwalk cannot be used. */
const LAYOUT = 1;

export type PackageImagesOptions = {
  /** The machine image, by digest, and the token that may read it. */
  image: string;
  imageToken: string | null;
  /** The app whose repository takes the images, and the token that may write there. */
  app: string;
  token: string | null;
  log: (level: 'info' | 'warn', message: string, details: object) => void;
  now?: () => number;
};

/** Runs one after the other: a layer is read, packed and pushed by this process. */
export type OneAtATime = (work: () => Promise<void>) => void;

export const createOneAtATime = (): OneAtATime => {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    last = last.then(work, work);
  };
};

/** JSON with sorted keys: the same package is the same text. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );

/** Packages that are the same at every installation, and that a machine installs by itself. */
const isPacked = ({ runtime }: PackageSpec): boolean => ['npm', 'pypi', 'git', 'mcpb'].includes(runtime);

/**
 * Images in the repository of an app that hold a package installed, on top of the machine image. The tag follows from
 * both, so that every instance finds what another one has pushed. Null where the machine image is not pinned, or not in
 * a registry that takes the token.
 */
export function createPackageImages(
  options: PackageImagesOptions,
  queue: OneAtATime,
  closed: AbortSignal,
): PackageImages | null {
  const { app, token, log, now = Date.now } = options;
  const base = parseImage(options.image);
  if (base === null || !isDigest(base.reference) || !takesFlyToken(base.registry)) return null;
  const to = { registry: base.registry, name: app, token };
  const known = new Map<string, string>();
  const tried = new Map<string, number>();

  const tagOf = (spec: PackageSpec): string => {
    const { http: _http, ...own } = spec;
    const text = stable([LAYOUT, base.reference, own]);
    return `catwalk-installed-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  };
  const named = (digest: string): string => `${base.registry}/${app}@${digest}`;

  const find = async (spec: PackageSpec, signal: AbortSignal): Promise<string | null> => {
    if (!isPacked(spec)) return null;
    const tag = tagOf(spec);
    const found = known.get(tag);
    if (found !== undefined) return found;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(FIND_MS_MAX)]);
      const digest = await createRepository(to, limited).findDigest(tag);
      if (digest === null) return null;
      known.set(tag, named(digest));
      return named(digest);
    } catch (error) {
      signal.throwIfAborted();
      log('warn', 'The registry cannot be asked for an installed package: it is installed at boot.', { app, error });
      return null;
    }
  };

  const push = async (tag: string, read: Parameters<PackageImages['keep']>[1]): Promise<string | null> => {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(KEEP_MS_MAX)]);
    const layer = await read(signal);
    if (layer === null) return null;
    const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-layer-'));
    try {
      const packed = await packLayerFile(layer, path.join(folder, 'layer.tar.gz'), LAYER_BYTES_MAX, signal);
      const from = { registry: base.registry, name: base.repository, token: options.imageToken };
      return await appendLayer({ base: { repository: from, digest: base.reference }, layer: packed, to, tag, signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    find,
    forget: (image) => {
      for (const [tag, name] of known) if (name === image) known.delete(tag);
    },
    keep: (spec, read) => {
      const tag = tagOf(spec);
      if (!isPacked(spec) || known.has(tag) || (tried.get(tag) ?? Number.NEGATIVE_INFINITY) > now() - PAUSE_MS) return;
      tried.set(tag, now());
      queue(async () => {
        try {
          if (closed.aborted || (await find(spec, closed)) !== null) return;
          const digest = await push(tag, read);
          if (digest === null) return;
          known.set(tag, named(digest));
          log('info', 'A package was kept installed: its next machines install nothing.', { image: named(digest) });
        } catch (error) {
          if (closed.aborted) return;
          log('warn', 'A package could not be kept installed: machines install it at boot.', { app, error });
        }
      });
    },
  };
}
