import { UserError } from '../../errors.ts';
import type { ServerDocument } from '../detect/manifests/server-json.ts';
import type { McpRegistry } from './mcp-registry.ts';
import type { Suggestion } from './suggestion.ts';

/** A copy of the MCP registry, an hour old at most while the registry answers. */
export interface RegistryMirror {
  findServer(name: string): Promise<ServerDocument | null>;
  findByRepository(owner: string, repo: string): Promise<ServerDocument[]>;
  /** Servers whose names or descriptions have these words, best first. */
  search(words: string): Promise<Suggestion[]>;
}

const isOutage = (error: unknown): boolean => error instanceof UserError && error.code === 'REGISTRY_UNREACHABLE';

/** Asks the registry; while it does not answer, the copy. What the copy does not know stays an outage. */
export function createMirroredRegistry(live: McpRegistry, mirror: RegistryMirror): McpRegistry {
  async function orMirrored<T>(ask: () => Promise<T>, mirrored: () => Promise<T | null>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error)) throw error;
      const known = await mirrored();
      if (known === null) throw error;
      return known;
    }
  }
  return {
    getServer: (name, signal) =>
      orMirrored(
        () => live.getServer(name, signal),
        () => mirror.findServer(name),
      ),
    findByRepository: (owner, repo, signal) =>
      orMirrored(
        () => live.findByRepository(owner, repo, signal),
        async () => {
          const found = await mirror.findByRepository(owner, repo);
          return found.length > 0 ? found : null;
        },
      ),
  };
}
