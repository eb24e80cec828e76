import { z } from 'zod';
import type { TabStorage } from '../../drafts/tab-storage.ts';

/** RFC 5424's levels, as `logging/setLevel` takes them (MCP, Logging), from the most verbose one. */
export const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** What the user sets by hand for the sessions of a deployment's playground. */
export type SessionSettings = {
  /** The roots that the server may ask for, as `file:` URIs. */
  roots: readonly string[];
  /** Null leaves the choice to the server. */
  logLevel: (typeof LOG_LEVELS)[number] | null;
};

const settingsSchema = z.object({ roots: z.array(z.string()), logLevel: z.enum(LOG_LEVELS).nullable() });

const keyOf = (databaseId: string): string => `session-settings:${databaseId}`;

export const loadSettings = (storage: TabStorage, databaseId: string): SessionSettings =>
  settingsSchema.safeParse(storage.read(keyOf(databaseId))).data ?? { roots: [], logLevel: null };

export const saveSettings = (storage: TabStorage, databaseId: string, settings: SessionSettings): void =>
  storage.write(keyOf(databaseId), settings);

const ROOTS_MAX = 50;

/** Reads one root from each line, or returns what is wrong. Roots are `file:` URIs (MCP, Roots). */
export function parseRoots(text: string): { roots: string[] } | { problem: string } {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const roots = lines.map((line) => (line.startsWith('/') ? `file://${encodeURI(line)}` : line));
  const wrong = roots.find((root) => !URL.canParse(root) || new URL(root).protocol !== 'file:');
  if (wrong !== undefined) return { problem: `Enter a path or a file: URI, not “${wrong}”.` };
  if (roots.length > ROOTS_MAX) return { problem: `Enter up to ${ROOTS_MAX} roots (currently ${roots.length}).` };
  return { roots: [...new Set(roots)] };
}
