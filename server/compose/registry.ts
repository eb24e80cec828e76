import { setTimeout as wait } from 'node:timers/promises';
import type { RegistrySource } from '#prisma/generated/client/enums.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { createDirectoryReader } from '#server/domain/registry/directory-reader.ts';
import type { RegistryReader } from '#server/domain/registry/listed-server.ts';
import { createMcpRegistryReader } from '#server/domain/registry/mcp-registry-reader.ts';
import { createRegistryService, type RegistryService } from '#server/domain/registry/service.ts';
import { createReadVersions } from '#server/domain/registry/versions.ts';
import { systemTimers } from '#server/domain/timers.ts';
import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import { type RunningRegistrySync, startRegistrySync } from '../workers/registry-sync.ts';
import type { Storage } from './storage.ts';

export type OpenRegistry = {
  service: RegistryService;
  /** Keeps the copies fresh until `close`. */
  startSync(): { close(): Promise<void> };
  close(): Promise<void>;
};

/** Opens the registry: the copy that people browse, and the sync that keeps it fresh. */
export function openRegistry(deps: { env: Env; storage: Storage; clock: () => Date; log: Log }): OpenRegistry {
  const { env, clock, log } = deps;
  const { database } = deps.storage;
  const { MCP_REGISTRY_URL: url, MCP_DIRECTORY_URL: directoryUrl } = env;
  const { fetch, close } = createSafeFetch([url, ...(directoryUrl ? [directoryUrl] : [])]);
  const readers = new Map<RegistrySource, RegistryReader>([['MCP_REGISTRY', createMcpRegistryReader({ fetch, url })]]);
  if (directoryUrl) readers.set('DIRECTORY', createDirectoryReader({ fetch, url: directoryUrl }));
  let sync: RunningRegistrySync | null = null;
  return {
    service: createRegistryService({
      prisma: database.prisma,
      readVersions: createReadVersions({ fetch, url, now: clock }),
      sources: [...readers.keys()],
      now: clock,
      wakeSync: () => sync?.wake(),
    }),
    startSync: () => {
      sync = startRegistrySync({
        database,
        readers,
        now: clock,
        random: Math.random,
        pause: (ms, signal) => wait(ms, undefined, { signal }),
        timers: systemTimers,
        log,
      });
      return sync;
    },
    close,
  };
}
