import { Readable } from 'node:stream';
import npa from 'npm-package-arg';
import registryFetch from 'npm-registry-fetch';
import pacote from 'pacote';
import semver from 'semver';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { binsOf } from '../detect/package-facts.ts';
import { archiveManifestSchema } from '../files/archive.ts';
import type { FileSet } from '../files/file-set.ts';
import { readTarball, TarballError } from '../files/tarball.ts';
import { suggestKnownPackage } from './name-likeness.ts';
import type { NpmConfiguration } from './npm-configuration.ts';
import type { PackageIndex } from './package-index.ts';
import { provenanceIn } from './provenance.ts';
import { withSiblings } from './sibling-packages.ts';

/** One published version of an npm package: the part of its manifest that an analysis needs. */
export type NpmPackage = {
  runtime: 'npm';
  name: string;
  version: string;
  /** SRI, sha512 where the registry has it. */
  integrity: string | null;
  tarballUrl: string | null;
  description: string | null;
  bins: Record<string, string>;
  main: string | null;
  repository: { url: string; directory: string | null } | null;
  mcpName: string | null;
  deprecated: string | null;
  nodeRange: string | null;
  keywords: string[];
  dependencies: string[];
  /** Dependencies that are asked for in exactly one version, and which. */
  pinned: Record<string, string>;
  /** `os`: the operating systems that npm installs it on; empty means all. */
  platforms: string[];
  /** ISO 8601; null where the registry does not say. */
  publishedAt: string | null;
  firstPublishedAt: string | null;
  /** The repository that its provenance attestation names; null without one. */
  builtFrom: string | null;
  latest: string | null;
  /** Every version without those of a preview, as the registry lists them. */
  versions?: readonly string[];
};

const METADATA_MS_MAX = 20_000;
const ATTESTATION_MS_MAX = 5_000;
const TARBALL_MS_MAX = 30_000;
const TARBALL_BYTES_MAX = 60_000_000;

const text = z.string().catch('');
const manifestSchema = archiveManifestSchema.extend({
  repository: z
    .union([z.string(), z.looseObject({ url: text, directory: z.string().optional().catch(undefined) })])
    .optional()
    .catch(undefined),
  mcpName: z.string().optional().catch(undefined),
  deprecated: z.union([z.string(), z.boolean()]).optional().catch(undefined),
  keywords: z.array(z.string()).catch([]).default([]),
  dependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  os: z
    .union([z.array(z.string()), z.string().transform((one) => [one])])
    .catch([])
    .default([]),
  dist: z
    .looseObject({
      tarball: z.string().optional(),
      integrity: z.string().optional(),
      shasum: z.string().optional(),
      attestations: z.looseObject({ url: z.string() }).optional().catch(undefined),
    })
    .catch({})
    .default({}),
});

const packumentSchema = z.looseObject({
  'dist-tags': z.record(z.string(), z.string()).catch({}).default({}),
  versions: z.record(z.string(), z.unknown()).catch({}).default({}),
  time: z.record(z.string(), z.unknown()).catch({}).default({}),
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

function notFound(name: string): UserError {
  const close = suggestKnownPackage(name);
  return new UserError('PACKAGE_NOT_FOUND', `There is no npm package named ${name}.`, {
    kind: 'invalid-input',
    hint: close
      ? `Did you mean ${close}?`
      : 'Check the spelling; private packages need npm to be signed in on this computer.',
  });
}

function versionNotFound(name: string, version: string, versions: string[], latest: string | undefined): UserError {
  const newest = semver.rsort(versions.filter((one) => semver.valid(one) && !semver.prerelease(one))).slice(0, 5);
  return new UserError('VERSION_NOT_FOUND', `${name} has no version ${version}.`, {
    kind: 'invalid-input',
    hint: latest
      ? `The newest is ${latest}; there are also ${newest.filter((one) => one !== latest).join(', ') || 'no others'}.`
      : 'Leave the version out.',
  });
}

/**
 * Reports whether npm reads a name and a version as a package of a registry. pacote takes anything that npm can
 * install: it would visit addresses, read files of this computer, and clone repositories and run their scripts.
 */
function isOfRegistry(name: string, version: string | null): boolean {
  try {
    const found = npa.resolve(name, version ?? '*');
    return found.name === name && (found.type === 'version' || found.type === 'range' || found.type === 'tag');
  } catch {
    return false; // not a name that npm would take
  }
}

const unreachable = (cause: unknown): UserError =>
  new UserError('REGISTRY_UNREACHABLE', 'The npm registry did not answer.', {
    kind: 'upstream',
    hint: 'Check the network connection and npm’s proxy settings, then try again.',
    retryable: true,
    cause,
  });

/** npm packages through pacote, with npm's own configuration; `registryUrl` overrides its registry. */
export function createNpmRegistry(deps: {
  configuration: NpmConfiguration;
  registryUrl?: string | undefined;
}): PackageIndex<NpmPackage> {
  const shared = {
    ...deps.configuration,
    ...(deps.registryUrl === undefined ? {} : { registry: deps.registryUrl }),
    fetchRetries: 1,
    fetchRetryMintimeout: 300,
    fetchRetryMaxtimeout: 1_000,
  };

  /** pacote's types lack the options that it passes on to npm-registry-fetch. */
  const optionsWith = (signal: AbortSignal, ms: number, more: object): pacote.Options =>
    ({ ...shared, ...more, signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]) }) as pacote.Options;

  /** A missing or unreachable attestation is none: most packages have no other. */
  async function provenanceOf({ dist }: z.infer<typeof manifestSchema>, signal: AbortSignal): Promise<string | null> {
    if (!dist.attestations || !URL.canParse(dist.attestations.url)) return null;
    try {
      // always from the registry that is configured, whatever host a mirror passed on
      const path = new URL(dist.attestations.url).pathname;
      const answer = await registryFetch.json(path, optionsWith(signal, ATTESTATION_MS_MAX, {}));
      return provenanceIn(answer, dist.integrity ?? null);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  /** Reads the files of one package, without those of its siblings. */
  async function readTarballOf(
    found: Pick<NpmPackage, 'name' | 'version' | 'integrity'>,
    signal: AbortSignal,
  ): Promise<FileSet> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(TARBALL_MS_MAX)]);
    const options = optionsWith(signal, TARBALL_MS_MAX, found.integrity ? { integrity: found.integrity } : {});
    try {
      return await pacote.tarball.stream(
        `${found.name}@${found.version}`,
        async (stream) => {
          let bytes = 0;
          const counted = Readable.from(stream).map((chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > TARBALL_BYTES_MAX) throw new TarballError('The package is too large to look through.');
            return chunk;
          });
          return readTarball(counted, bounded);
        },
        options,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TarballError) throw error;
      throw unreachable(error);
    }
  }

  return {
    async getPackage(name, version, signal) {
      if (!isOfRegistry(name, null)) throw notFound(name);
      if (!isOfRegistry(name, version)) throw versionNotFound(name, version ?? '', [], undefined);
      const packumentCache = new Map();
      const options = optionsWith(signal, METADATA_MS_MAX, { fullMetadata: true, packumentCache, preferOnline: true });
      let packument: z.infer<typeof packumentSchema>;
      try {
        packument = packumentSchema.parse(await pacote.packument(name, options));
      } catch (error) {
        signal.throwIfAborted();
        if (codeOf(error) === 'E404') throw notFound(name);
        throw unreachable(error);
      }
      const versions = Object.keys(packument.versions);
      if (versions.length === 0) throw notFound(name); // unpublished
      try {
        const manifest = manifestSchema.parse(await pacote.manifest(version ? `${name}@${version}` : name, options));
        const { dist, repository } = manifest;
        const time = (key: string): string | null => {
          const at = packument.time[key];
          return typeof at === 'string' ? at : null;
        };
        return {
          runtime: 'npm',
          name: manifest.name,
          version: manifest.version,
          integrity: dist.integrity ?? null,
          tarballUrl: dist.tarball ?? null,
          description: manifest.description ?? null,
          bins: binsOf(manifest.name, manifest.bin),
          main: manifest.main ?? null,
          repository:
            repository === undefined
              ? null
              : typeof repository === 'string'
                ? { url: repository, directory: null }
                : { url: repository.url, directory: repository.directory ?? null },
          mcpName: manifest.mcpName ?? null,
          deprecated:
            typeof manifest.deprecated === 'string' && manifest.deprecated !== '' ? manifest.deprecated : null,
          nodeRange: manifest.engines?.node ?? null,
          keywords: manifest.keywords,
          dependencies: Object.keys(manifest.dependencies),
          pinned: Object.fromEntries(
            Object.entries(manifest.dependencies).flatMap(([dependency, range]) =>
              typeof range === 'string' && semver.valid(range) ? [[dependency, range]] : [],
            ),
          ),
          platforms: manifest.os,
          publishedAt: time(manifest.version),
          firstPublishedAt: time('created'),
          builtFrom: await provenanceOf(manifest, signal),
          latest: packument['dist-tags']['latest'] ?? null,
          versions: versions.filter((one) => semver.valid(one) !== null && semver.prerelease(one) === null),
        };
      } catch (error) {
        signal.throwIfAborted();
        if (codeOf(error) === 'ETARGET' || codeOf(error) === 'ENOVERSIONS') {
          throw versionNotFound(name, version ?? 'latest', versions, packument['dist-tags']['latest']);
        }
        throw unreachable(error);
      }
    },

    readPackage: async (found, signal) =>
      withSiblings(readTarballOf, found, await readTarballOf(found, signal), signal),
  };
}
