import { Readable } from 'node:stream';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { createCollector, type FileSet, isCode, isReadable } from '../file-set.ts';
import { readTarball, TarballError } from '../tarball.ts';
import { boundedGet, type Got, TooLargeError } from './bounded-get.ts';
import type { SafeFetch } from './safe-fetch.ts';

export type GitHubPlace = { owner: string; repo: string; ref: string | null; treePath: string | null };

export type GitHubRepository = {
  /** As GitHub writes them today: a renamed repository answers under its new name. */
  owner: string;
  repo: string;
  description: string | null;
  isArchived: boolean;
  commit: string;
  subfolder: string | null;
  files: FileSet;
};

export interface GitHub {
  /** @throws UserError REPOSITORY_NOT_FOUND, GITHUB_UNREACHABLE, GITHUB_RATE_LIMITED. */
  readRepository(place: GitHubPlace, signal: AbortSignal): Promise<GitHubRepository>;
  /** The commit that a branch or tag, or without one the default branch, is at now. @throws as above. */
  findCommit(place: GitHubPlace, signal: AbortSignal): Promise<string>;
}

/** What GitHub asks for where it does not say how long, and the longest that is believed. */
const BLOCKED_MS = 60_000;
const BLOCKED_MS_MAX = 3_600_000;
const REQUEST_MS_MAX = 15_000;
const TARBALL_MS_MAX = 30_000;
const JSON_BYTES_MAX = 8_000_000;
const TARBALL_BYTES_MAX = 40_000_000;
/** Above this the tarball is not even asked for; GitHub counts the whole history, so the tarball is smaller. */
const REPOSITORY_KILOBYTES_MAX = 400_000;
const BLOBS_MAX = 60;
const BLOB_BYTES_MAX = 1_000_000;
const CACHE_ENTRIES_MAX = 200;
/** Larger answers (trees of large repositories) are asked for anew: 200 of them would fill the memory. */
const CACHED_BYTES_MAX = 128_000;
const REF_SEGMENTS_MAX = 4;

const repositorySchema = z.looseObject({
  full_name: z.string(),
  description: z.string().nullish(),
  default_branch: z.string(),
  size: z.number().catch(0),
  archived: z.boolean().catch(false),
});
const commitSchema = z.looseObject({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const treeSchema = z.looseObject({
  tree: z.array(z.looseObject({ path: z.string(), type: z.string(), sha: z.string(), size: z.number().optional() })),
  truncated: z.boolean().catch(false),
});
const blobSchema = z.looseObject({ content: z.string(), encoding: z.string() });

const unreachable = (cause: unknown): UserError =>
  new UserError('GITHUB_UNREACHABLE', 'GitHub did not answer.', {
    kind: 'upstream',
    hint: 'Try again later, or paste the npm or PyPI package that the server is published as.',
    retryable: true,
    cause,
  });

const tokenRefused = (): UserError =>
  new UserError('GITHUB_UNREACHABLE', 'GitHub refuses the token.', {
    kind: 'upstream',
    hint: 'It may have expired: give a new one in the settings, or remove it.',
  });

const rateLimited = (until: number): UserError =>
  new UserError('GITHUB_RATE_LIMITED', 'GitHub allows no more requests from here for now.', {
    kind: 'upstream',
    hint: `Add a GitHub token in the settings, or wait until ${new Date(until).toISOString().slice(11, 16)} UTC; the npm package works meanwhile.`,
    retryable: true,
  });

/** What is read first where not everything can be: documents and manifests near the root, then code. */
function priority(path: string): number {
  const depth = path.split('/').length;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const isManifest =
    /^(?:package\.json|pyproject\.toml|server\.json|manifest\.json|smithery\.yaml|go\.mod|cargo\.toml|dockerfile|\.env\..*)$/.test(
      name,
    );
  return (
    depth * 2 +
    (isManifest
      ? 0
      : /^readme/.test(name)
        ? 1
        : isCode(path)
          ? /(?:index|main|server|config|settings|env)/.test(name)
            ? 4
            : 8
          : 6)
  );
}

/** Until when GitHub wants to be left alone, as it says or as it asks for by default; null: it does not. */
function blockOf(got: Got, now: number): number | null {
  const { status, headers, body } = got;
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN) * 1_000;
  const isUsedUp = headers.get('x-ratelimit-remaining') === '0';
  const isSecondary = status === 403 && /rate limit|abuse/i.test(body.subarray(0, 2_000).toString('utf8'));
  const isRefused = status === 429 || (status === 403 && (isUsedUp || isSecondary || retryAfter >= 0));
  if (!isRefused && !isUsedUp) return null;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1_000;
  const until = isRefused && retryAfter >= 0 ? now + retryAfter : reset;
  if (!isRefused && !(until > now)) return null;
  return Math.min(Number.isFinite(until) ? until : now + BLOCKED_MS, now + BLOCKED_MS_MAX);
}

/** GitHub over REST: three requests a repository, conditional where possible; the token is optional. */
export function createGitHub(deps: {
  fetch: SafeFetch;
  apiUrl: string;
  token: string | null;
  now: () => Date;
}): GitHub {
  const base = deps.apiUrl.replace(/\/+$/, '');
  const cache = new Map<string, { etag: string; body: Buffer }>();
  let blockedUntil = 0;

  async function request(
    path: string,
    signal: AbortSignal,
    limits: { timeoutMs: number; bytesMax: number },
    headers: Record<string, string> = {},
  ): Promise<Got> {
    if (blockedUntil > deps.now().getTime()) throw rateLimited(blockedUntil);
    let got: Got;
    try {
      got = await boundedGet(deps.fetch, {
        url: `${base}${path}`,
        headers: {
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
          ...(deps.token === null ? {} : { authorization: `Bearer ${deps.token}` }),
          ...headers,
        },
        signal,
        ...limits,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TooLargeError) throw error;
      throw unreachable(error);
    }
    const until = blockOf(got, deps.now().getTime());
    // the last request that was allowed was answered; the next ones need not be sent to be refused
    if (until !== null) blockedUntil = until;
    if (until !== null && (got.status === 403 || got.status === 429)) throw rateLimited(until);
    if (got.status >= 500) throw unreachable(new Error(`GitHub answered ${got.status}.`));
    return got;
  }

  /** Null when it is not there. Answers that GitHub calls unchanged cost nothing of the rate limit. */
  async function getJson<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null> {
    const known = cache.get(path);
    const got = await request(
      path,
      signal,
      { timeoutMs: REQUEST_MS_MAX, bytesMax: JSON_BYTES_MAX },
      known ? { 'if-none-match': known.etag } : {},
    );
    if (got.status === 404 || got.status === 409 || got.status === 422 || got.status === 451) return null;
    if (got.status === 401 && deps.token !== null) throw tokenRefused();
    if (got.status === 401 || got.status === 403) throw unreachable(new Error(`GitHub answered ${got.status}.`));
    const body = got.status === 304 && known ? known.body : got.body;
    const etag = got.headers.get('etag');
    if (etag && got.status === 200 && body.length <= CACHED_BYTES_MAX) {
      cache.delete(path);
      cache.set(path, { etag, body });
      for (const oldest of cache.keys()) {
        if (cache.size <= CACHE_ENTRIES_MAX) break;
        cache.delete(oldest);
      }
    }
    try {
      return schema.parse(JSON.parse(body.toString('utf8')));
    } catch (error) {
      throw unreachable(error);
    }
  }

  /** A branch may be called `feature/x`: the shortest prefix of the path that is a ref is taken for it. */
  async function resolve(
    root: string,
    place: GitHubPlace,
    fallback: string,
    signal: AbortSignal,
  ): Promise<{ commit: string; subfolder: string | null }> {
    const segments = place.treePath?.split('/').filter(Boolean) ?? [];
    const attempts =
      segments.length === 0
        ? [{ ref: place.ref ?? fallback, rest: '' }]
        : segments
            .slice(0, REF_SEGMENTS_MAX)
            .map((_, at) => ({ ref: segments.slice(0, at + 1).join('/'), rest: segments.slice(at + 1).join('/') }));
    for (const { ref, rest } of attempts) {
      const commit = await getJson(
        `${root}/commits/${ref.split('/').map(encodeURIComponent).join('/')}`,
        commitSchema,
        signal,
      );
      if (commit) return { commit: commit.sha, subfolder: rest || null };
    }
    throw new UserError(
      'REPOSITORY_NOT_FOUND',
      `The repository has no branch, tag or commit named ${attempts[0]?.ref ?? fallback}.`,
      {
        kind: 'invalid-input',
        hint: 'Paste the address of the repository itself to use its default branch.',
      },
    );
  }

  async function readBlobs(root: string, commit: string, signal: AbortSignal): Promise<FileSet> {
    const found = await getJson(`${root}/git/trees/${commit}?recursive=1`, treeSchema, signal);
    if (!found) return { files: [], paths: [], truncated: true };
    const blobs = found.tree.filter((entry) => entry.type === 'blob');
    const wanted = blobs
      .filter(({ path, size = 0 }) => isReadable(path) && size <= BLOB_BYTES_MAX)
      .sort((a, b) => priority(a.path) - priority(b.path));
    const collector = createCollector();
    let isCutShort = false;
    for (const { path, sha, size = 0 } of wanted.slice(0, BLOBS_MAX)) {
      if (!collector.wants(path, size)) continue;
      const blob = await getJson(`${root}/git/blobs/${sha}`, blobSchema, signal).catch((error: unknown) => {
        const isLimit = error instanceof UserError && error.code === 'GITHUB_RATE_LIMITED';
        if (!isLimit || collector.result().files.length === 0) throw error;
        return 'limit' as const; // what was read first matters most: manifests and READMEs
      });
      isCutShort = blob === 'limit';
      if (blob === 'limit') break;
      if (blob) collector.add(path, Buffer.from(blob.content, blob.encoding === 'base64' ? 'base64' : 'utf8'));
    }
    return {
      files: collector.result().files,
      paths: blobs.map(({ path }) => path),
      truncated: found.truncated || wanted.length > BLOBS_MAX || isCutShort,
    };
  }

  async function readFiles(root: string, commit: string, kilobytes: number, signal: AbortSignal): Promise<FileSet> {
    if (kilobytes > REPOSITORY_KILOBYTES_MAX) return readBlobs(root, commit, signal);
    try {
      const { status, body } = await request(`${root}/tarball/${commit}`, signal, {
        timeoutMs: TARBALL_MS_MAX,
        bytesMax: TARBALL_BYTES_MAX,
      });
      if (status !== 200) return await readBlobs(root, commit, signal);
      return await readTarball(Readable.from([body]), signal);
    } catch (error) {
      signal.throwIfAborted();
      // tarballs come from another host, which may be blocked or forbidden where the API is not
      const isElsewhere = error instanceof UserError && error.code === 'GITHUB_UNREACHABLE';
      if (isElsewhere || error instanceof TooLargeError || error instanceof TarballError)
        return readBlobs(root, commit, signal);
      throw error;
    }
  }

  /** Under its present name, whatever it was called when it was pasted. */
  async function find(place: GitHubPlace, signal: AbortSignal) {
    const path = `/repos/${encodeURIComponent(place.owner)}/${encodeURIComponent(place.repo)}`;
    const found = await getJson(path, repositorySchema, signal);
    if (!found) {
      throw new UserError(
        'REPOSITORY_NOT_FOUND',
        `There is no public repository ${place.owner}/${place.repo} on GitHub.`,
        {
          kind: 'invalid-input',
          hint: 'Check the spelling. A private repository needs a GitHub token that can read it, in the settings.',
        },
      );
    }
    const [owner = place.owner, repo = place.repo] = found.full_name.split('/');
    const root = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`;
    const { commit, subfolder } = await resolve(root, place, found.default_branch, signal);
    return { found, owner, repo, root, commit, subfolder };
  }

  return {
    async readRepository(place, signal) {
      const { found, owner, repo, root, commit, subfolder } = await find(place, signal);
      const files = await readFiles(root, commit, found.size, signal);
      return {
        owner,
        repo,
        description: found.description ?? null,
        isArchived: found.archived,
        commit,
        subfolder,
        files,
      };
    },
    findCommit: async (place, signal) => (await find(place, signal)).commit,
  };
}
