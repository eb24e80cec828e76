import { isRecord } from '../../records.ts';
import { SERVER_INFO, TASKS_EXTENSION } from '../protocol-names.ts';
import { LEGACY_VERSIONS, NEWEST_LEGACY_VERSION } from '../versions.ts';
import { fromWire, toWire } from '../wire-values.ts';

/** The answer of a modern server to `server/discover`. */
export type Discovered = {
  capabilities: Record<string, unknown>;
  serverInfo: unknown;
  instructions: string | null;
};

export const readDiscovered = (result: string | null): Discovered => {
  const read: unknown = result === null ? {} : fromWire(result);
  const answer = isRecord(read) ? read : {};
  const meta = isRecord(answer['_meta']) ? answer['_meta'] : {};
  return {
    capabilities: isRecord(answer['capabilities']) ? answer['capabilities'] : {},
    serverInfo: meta[SERVER_INFO] ?? answer['serverInfo'],
    instructions: typeof answer['instructions'] === 'string' ? answer['instructions'] : null,
  };
};

/** A revision that the client asks for, or the newest that it can be offered. */
export const negotiateLegacy = (requested: string): string =>
  LEGACY_VERSIONS.includes(requested) ? requested : NEWEST_LEGACY_VERSION;

/** The capabilities that also exist in the legacy era. The tasks of both eras differ, so neither stands for the other. */
const legacyCapabilities = (capabilities: Record<string, unknown>): Record<string, unknown> => {
  const { extensions, ...others } = capabilities;
  if (!isRecord(extensions)) return others;
  const { [TASKS_EXTENSION]: _tasks, ...rest } = extensions;
  return Object.keys(rest).length === 0 ? others : { ...others, extensions: rest };
};

/** Answers `initialize` for a server that knows only `server/discover`. */
export const initializeAnswer = (discovered: Discovered, protocolVersion: string): string =>
  toWire({
    protocolVersion,
    capabilities: legacyCapabilities(discovered.capabilities),
    serverInfo: discovered.serverInfo ?? { name: 'unknown', version: '0' },
    ...(discovered.instructions === null ? {} : { instructions: discovered.instructions }),
  });
