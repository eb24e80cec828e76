import { Readable } from 'node:stream';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { TooLargeError } from '../../outbound/bounded-get.ts';
import { createCollector, type FileSet, isCode, isReadable } from '../files/file-set.ts';
import { readTarball, TarballError } from '../files/tarball.ts';
import { createGitHubClient, type GitHubClientDeps } from './github-client.ts';

export type RepositoryAddress = { owner: string; repo: string; ref: string | null; treePath: string | null };

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
  readRepository(address: RepositoryAddress, signal: AbortSignal): Promise<GitHubRepository>;
  /** The commit that a branch or tag, or without one the default branch, is at now. @throws as above. */
  findCommit(address: RepositoryAddress, signal: AbortSignal): Promise<string>;
}

const TARBALL_MS_MAX = 30_000;
const TARBALL_BYTES_MAX = 40_000_000;
/** Above this the tarball is not even asked for; GitHub counts the whole history, so the tarball is smaller. */
const REPOSITORY_KILOBYTES_MAX = 400_000;
const BLOBS_MAX = 60;
const BLOB_BYTES_MAX = 1_000_000;
const REF_SEGMENTS_MAX = 4;

const repositorySchema = z.looseObject({
  full_name: z.string(),
  description: z.string().nullish(),
  default_branch: z.string(),
  size: z.number().catch(0),
  archived: z.boolean().catch(false),
  private: z.boolean().optional(),
  visibility: z.string().optional(),
});
const commitSchema = z.looseObject({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const treeSchema = z.looseObject({
  tree: z.array(z.looseObject({ path: z.string(), type: z.string(), sha: z.string(), size: z.number().optional() })),
  truncated: z.boolean().catch(false),
});
const blobSchema = z.looseObject({ content: z.string(), encoding: z.string() });

/** Orders files for a repository too large to read whole: documents and manifests near the root, then code. */
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

/** Without `publicOnly` a token reads every repository that its owner can read. */
export type GitHubDeps = GitHubClientDeps & { publicOnly: boolean };

/** GitHub over REST: three requests a repository, conditional where possible; the token is optional. */
export function createGitHub(deps: GitHubDeps): GitHub {
  const { get, getJson } = createGitHubClient(deps);
  const isVisible = ({ private: isPrivate, visibility = 'public' }: z.infer<typeof repositorySchema>): boolean =>
    !deps.publicOnly || (isPrivate !== true && visibility === 'public');

  /** A branch may be called `feature/x`: the shortest prefix of the path that is a ref is taken for it. */
  async function resolve(
    root: string,
    address: RepositoryAddress,
    fallback: string,
    signal: AbortSignal,
  ): Promise<{ commit: string; subfolder: string | null }> {
    const segments = address.treePath?.split('/').filter(Boolean) ?? [];
    const attempts =
      segments.length === 0
        ? [{ ref: address.ref ?? fallback, rest: '' }]
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
      const { status, body } = await get(`${root}/tarball/${commit}`, signal, {
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
  async function find(address: RepositoryAddress, signal: AbortSignal) {
    const path = `/repos/${encodeURIComponent(address.owner)}/${encodeURIComponent(address.repo)}`;
    const found = await getJson(path, repositorySchema, signal);
    if (!found || !isVisible(found)) {
      throw new UserError(
        'REPOSITORY_NOT_FOUND',
        `There is no public repository ${address.owner}/${address.repo} on GitHub.`,
        {
          kind: 'invalid-input',
          hint: 'Check the spelling. A private repository needs a GitHub token that can read it, in the settings.',
        },
      );
    }
    const [owner = address.owner, repo = address.repo] = found.full_name.split('/');
    const root = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`;
    const { commit, subfolder } = await resolve(root, address, found.default_branch, signal);
    return { found, owner, repo, root, commit, subfolder };
  }

  return {
    async readRepository(address, signal) {
      const { found, owner, repo, root, commit, subfolder } = await find(address, signal);
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
    findCommit: async (address, signal) => (await find(address, signal)).commit,
  };
}
