import { Readable } from 'node:stream';
import { maxSatisfying } from '@renovatebot/pep440';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { boundedGet, type Got, TooLargeError } from '../../outbound/bounded-get.ts';
import type { SafeFetch } from '../../outbound/safe-fetch.ts';
import type { FileSet } from '../files/file-set.ts';
import { readTarball, TarballError } from '../files/tarball.ts';
import type { PackageIndex } from './package-index.ts';

/** One release of a PyPI project: the part of its metadata that an analysis needs. */
export type PypiPackage = {
  runtime: 'pypi';
  /** The index does not list the commands of a package; its files do. */
  bins: null;
  name: string;
  version: string;
  description: string | null;
  /** The long description, usually the README. */
  readme: string;
  urls: string[];
  dependencies: string[];
  isYanked: boolean;
  publishedAt: string | null;
  /** SRI of the source distribution; null without one. */
  integrity: string | null;
  sdist: { url: string; sha256: string | null; bytes: number } | null;
  /** SHA-256, hexadecimal, of every file of this version: an install picks one of them. */
  hashes: string[];
  /** `mcp-name: …` in the README: the registry entry that the package belongs to. */
  mcpName: string | null;
  /** Every final version; absent where a single version was asked for. */
  versions?: readonly string[];
};

const METADATA_MS_MAX = 15_000;
const SDIST_MS_MAX = 30_000;
const METADATA_BYTES_MAX = 12_000_000;
const SDIST_BYTES_MAX = 30_000_000;

const text = z.string().nullish().catch(null);
const projectSchema = z.looseObject({
  info: z.looseObject({
    name: z.string(),
    version: z.string(),
    summary: text,
    description: text,
    home_page: text,
    project_urls: z.record(z.string(), z.string()).nullish().catch(null),
    requires_dist: z.array(z.string()).nullish().catch(null),
    yanked: z.boolean().catch(false).default(false),
  }),
  releases: z.record(z.string(), z.unknown()).optional().catch(undefined),
  urls: z
    .array(
      z.looseObject({
        packagetype: z.string(),
        url: z.string(),
        size: z.number().catch(0),
        upload_time_iso_8601: text,
        digests: z.looseObject({ sha256: z.string().optional() }).catch({}).default({}),
      }),
    )
    .catch([])
    .default([]),
});

/** Not a preview, such as 2.0rc1 or 2.0.dev3. */
const isFinal = (version: string): boolean =>
  !/(?:a|b|c|rc|alpha|beta|pre|preview|dev)[._-]?\d*(?:\+|$)/i.test(version);

/** The index gives hexadecimal digits; SRI has base64. */
const integrityOf = (sha256: string | undefined): string | null =>
  sha256 ? `sha256-${Buffer.from(sha256, 'hex').toString('base64')}` : null;

const unreachable = (cause: unknown): UserError =>
  new UserError('REGISTRY_UNREACHABLE', 'PyPI did not answer.', {
    kind: 'upstream',
    hint: 'Check the network connection, then try again.',
    retryable: true,
    cause,
  });

/** PyPI through its JSON API. The files are the source distribution; only the README where there is none. */
export function createPypi(deps: { fetch: SafeFetch; url: string }): PackageIndex<PypiPackage> {
  const base = deps.url.replace(/\/+$/, '');

  async function get(url: string, signal: AbortSignal, timeoutMs: number, bytesMax: number): Promise<Got> {
    try {
      const got = await boundedGet(deps.fetch, { url, signal, timeoutMs, bytesMax });
      if (got.status >= 500 || got.status === 429) throw new Error(`PyPI answered ${got.status}.`);
      return got;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TooLargeError) throw error;
      throw unreachable(error);
    }
  }

  /** The newest final release that a specifier such as `>=1.2,<2` allows. */
  async function newestWithin(path: string, name: string, range: string, signal: AbortSignal): Promise<string | null> {
    const got = await get(`${path}/json`, signal, METADATA_MS_MAX, METADATA_BYTES_MAX);
    if (got.status !== 200) return null; // the look-up that follows says what is wrong
    const { data } = projectSchema.safeParse(JSON.parse(got.body.toString('utf8')));
    const versions = Object.keys(data?.releases ?? {});
    const found = maxSatisfying(versions, range) ?? maxSatisfying(versions, range, { prereleases: true });
    if (found) return found;
    throw new UserError('VERSION_NOT_FOUND', `${name} has no version ${range}.`, {
      kind: 'invalid-input',
      ...(data ? { hint: `The newest is ${data.info.version}.` } : {}),
    });
  }

  return {
    async getPackage(name, wanted, signal) {
      const path = `${base}/pypi/${encodeURIComponent(name)}`;
      const isRange = wanted !== null && /^[<>=!~]/.test(wanted);
      const version = isRange ? await newestWithin(path, name, wanted, signal) : wanted;
      const url = version === null ? `${path}/json` : `${path}/${encodeURIComponent(version)}/json`;
      const got = await get(url, signal, METADATA_MS_MAX, METADATA_BYTES_MAX);
      if (got.status === 404) {
        const other = version === null ? null : await get(`${path}/json`, signal, METADATA_MS_MAX, METADATA_BYTES_MAX);
        const newest =
          other?.status === 200 ? projectSchema.safeParse(JSON.parse(other.body.toString('utf8'))).data : undefined;
        if (newest) {
          throw new UserError('VERSION_NOT_FOUND', `${name} has no version ${version}.`, {
            kind: 'invalid-input',
            hint: `The newest is ${newest.info.version}.`,
          });
        }
        throw new UserError('PACKAGE_NOT_FOUND', `There is no PyPI package named ${name}.`, {
          kind: 'invalid-input',
          hint: 'Check the spelling.',
        });
      }
      let project: z.infer<typeof projectSchema>;
      try {
        project = projectSchema.parse(JSON.parse(got.body.toString('utf8')));
      } catch (error) {
        throw unreachable(error);
      }
      const { info, urls } = project;
      const sdist = urls.find((file) => file.packagetype === 'sdist' && /\.tar\.gz$/.test(file.url));
      return {
        runtime: 'pypi',
        bins: null,
        name: info.name,
        version: info.version,
        description: info.summary ?? null,
        readme: info.description ?? '',
        urls: [info.home_page ?? '', ...Object.values(info.project_urls ?? {})].filter(Boolean),
        dependencies: info.requires_dist ?? [],
        isYanked: info.yanked,
        publishedAt: urls[0]?.upload_time_iso_8601 ?? null,
        hashes: urls.flatMap(({ digests }) => digests.sha256 ?? []),
        integrity: integrityOf(sdist?.digests.sha256),
        sdist: sdist ? { url: sdist.url, sha256: sdist.digests.sha256 ?? null, bytes: sdist.size } : null,
        mcpName: /mcp-name:\s*([\w.-]+\/[\w.-]+)/i.exec(info.description ?? '')?.[1] ?? null,
        ...(project.releases === undefined ? {} : { versions: Object.keys(project.releases).filter(isFinal) }),
      };
    },

    async readPackage(found, signal) {
      const readme = { path: 'README.md', text: found.readme };
      const onlyReadme: FileSet = { files: [readme], paths: ['README.md'], truncated: true };
      if (found.sdist === null || found.sdist.bytes > SDIST_BYTES_MAX) return onlyReadme;
      try {
        const { status, body } = await get(found.sdist.url, signal, SDIST_MS_MAX, SDIST_BYTES_MAX);
        if (status !== 200) return onlyReadme;
        const files = await readTarball(Readable.from([body]), signal);
        const hasReadme = files.files.some(({ path }) => /^readme\.md$/i.test(path));
        return hasReadme || found.readme === '' ? files : { ...files, files: [...files.files, readme] };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof TarballError || error instanceof TooLargeError) return onlyReadme;
        throw error;
      }
    },
  };
}
