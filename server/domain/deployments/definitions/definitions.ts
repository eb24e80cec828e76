import { createHash } from 'node:crypto';
import { canonicalText } from '#deploy/host/definition-text.ts';
import { parseSnapshot, type Snapshot } from '../rows/snapshot.ts';

/** The part of a snapshot that a person agrees to. */
export type Definitions = Pick<Snapshot, 'instructions' | 'tools' | 'resources' | 'prompts'>;

export const definitionsOf = ({ instructions, tools, resources, prompts }: Snapshot): Definitions => ({
  instructions,
  tools,
  resources,
  prompts,
});

/** Reads a JSON column; null where there are none, and for a row of another version that does not parse. */
export const parseDefinitions = (column: unknown): Definitions | null => {
  if (typeof column !== 'object' || column === null) return null;
  const whole = { serverInfo: null, protocolVersion: '', era: 'legacy', capabilities: {}, ...column };
  const snapshot = parseSnapshot(whole);
  return snapshot && definitionsOf(snapshot);
};

const byText = (list: readonly unknown[]): string[] => list.map(canonicalText).sort();

/** The same for equal definitions, in whatever order the server lists them. */
export const keyOf = ({ instructions, tools, resources, prompts }: Definitions): string =>
  createHash('sha256')
    .update(JSON.stringify([instructions, byText(tools), byText(resources), byText(prompts)]))
    .digest('base64url');
