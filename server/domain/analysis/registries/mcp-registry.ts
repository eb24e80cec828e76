import hostedGitInfo from 'hosted-git-info';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { boundedGet } from '../../outbound/bounded-get.ts';
import type { SafeFetch } from '../../outbound/safe-fetch.ts';
import { readServerDocument, type ServerDocument } from '../detect/manifests/server-json.ts';

export interface McpRegistry {
  /** The newest entry of a name. @throws UserError NOT_FOUND, REGISTRY_UNREACHABLE. */
  getServer(name: string, signal: AbortSignal): Promise<ServerDocument>;
  /** Entries whose `repository` is this one, at most 10. @throws UserError REGISTRY_UNREACHABLE. */
  findByRepository(owner: string, repo: string, signal: AbortSignal): Promise<ServerDocument[]>;
}

const REQUEST_MS_MAX = 10_000;
const BYTES_MAX = 4_000_000;
const FOUND_MAX = 10;

const listSchema = z.looseObject({ servers: z.array(z.unknown()) });
const entrySchema = z.looseObject({ server: z.unknown() });

const unreachable = (cause: unknown): UserError =>
  new UserError('REGISTRY_UNREACHABLE', 'The MCP registry did not answer.', {
    kind: 'upstream',
    hint: 'Try again later, or paste the npm or PyPI package that the server is published as.',
    retryable: true,
    cause,
  });

/** The entry itself, or wrapped with the registry's own metadata, as newer versions answer. */
const documentOf = (value: unknown): ServerDocument | null => {
  const wrapped = entrySchema.safeParse(value);
  const server = wrapped.success && typeof wrapped.data.server === 'object' ? wrapped.data.server : value;
  return readServerDocument(server, { kind: 'REGISTRY', file: null, lineOf: () => null });
};

/** The official MCP registry (v0.1 of its API), or another that speaks it. */
export function createMcpRegistry(deps: { fetch: SafeFetch; url: string }): McpRegistry {
  const base = deps.url.replace(/\/+$/, '');

  async function getJson(path: string, signal: AbortSignal): Promise<unknown> {
    try {
      const { status, body } = await boundedGet(deps.fetch, {
        url: `${base}${path}`,
        signal,
        timeoutMs: REQUEST_MS_MAX,
        bytesMax: BYTES_MAX,
      });
      if (status === 404) return null;
      if (status !== 200) throw new Error(`The MCP registry answered ${status}.`);
      return JSON.parse(body.toString('utf8'));
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(error);
    }
  }

  return {
    async getServer(name, signal) {
      const found = await getJson(`/v0.1/servers/${encodeURIComponent(name)}/versions/latest`, signal);
      const document = found === null ? null : documentOf(found);
      if (!document) {
        throw new UserError('NOT_FOUND', `The MCP registry has no server named ${name}.`, {
          kind: 'not-found',
          hint: 'Names look like io.github.owner/server; browse the registry to find the right one.',
        });
      }
      return document;
    },

    async findByRepository(owner, repo, signal) {
      const found = listSchema.safeParse(
        await getJson(`/v0.1/servers?version=latest&limit=50&search=${encodeURIComponent(repo)}`, signal),
      );
      const wanted = `${owner}/${repo}`.toLowerCase();
      return (found.data?.servers ?? [])
        .flatMap((entry) => documentOf(entry) ?? [])
        .filter((document) => {
          const hosted = hostedGitInfo.fromUrl(document.repository?.url ?? '');
          return hosted?.type === 'github' && `${hosted.user}/${hosted.project}`.toLowerCase() === wanted;
        })
        .slice(0, FOUND_MAX);
    },
  };
}
