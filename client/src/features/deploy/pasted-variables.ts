import { createContext, use } from 'react';
import type { EnvPair } from './dotenv.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Matches what documentation writes in place of a key. */
const PLACEHOLDER = /^\s*$|^<.*>$|^\$\{.*\}$|^\[.*\]$|^your[-_ ]|[-_ ]here$|^x{3,}$|^\.{3}$|^…$/i;

export type PastedVariables = {
  pairs: EnvPair[];
  /** The number of servers in the configuration. */
  servers: number;
};

/**
 * Reads the variables of a client's configuration. The server keeps a pasted configuration without its values, so the
 * page that saw them fills them in.
 */
export function variablesIn(text: string): PastedVariables {
  const none: PastedVariables = { pairs: [], servers: 0 };
  let json: unknown;
  try {
    const trimmed = text.trim();
    json = JSON.parse(trimmed.startsWith('{') ? trimmed : `{${trimmed}}`);
  } catch {
    return none; // not a configuration
  }
  const blocks: Json[] = [];
  const visit = (value: unknown) => {
    if (!isObject(value)) return;
    if (typeof value['command'] === 'string') blocks.push(value);
    else for (const inner of Object.values(value)) visit(inner);
  };
  visit(json);
  const pairs = new Map<string, string>();
  for (const { env } of blocks) {
    for (const [name, value] of Object.entries(isObject(env) ? env : {})) {
      if (typeof value === 'string' && !PLACEHOLDER.test(value)) pairs.set(name, value);
    }
  }
  return { pairs: [...pairs].map(([name, value]) => ({ name, value })), servers: blocks.length };
}

/** Keeps the values of pasted configurations by analysis, in this tab's memory only. */
export type PastedStore = {
  keep: (analysisId: string, variables: PastedVariables) => void;
  of: (analysisId: string) => PastedVariables | null;
};

export function createPastedStore(): PastedStore {
  const held = new Map<string, PastedVariables>();
  return {
    keep: (analysisId, variables) => void (variables.pairs.length > 0 && held.set(analysisId, variables)),
    of: (analysisId) => held.get(analysisId) ?? null,
  };
}

export const PastedVariablesContext = createContext<PastedStore | null>(null);

export function usePastedVariables(): PastedStore {
  const store = use(PastedVariablesContext);
  if (!store) throw new Error('No PastedVariablesContext above.');
  return store;
}
