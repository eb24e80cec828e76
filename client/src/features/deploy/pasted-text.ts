import { useQuery } from '@apollo/client/react';
import { createContext, use } from 'react';
import { graphql } from '../../generated/index.ts';
import type { EnvPair } from './dotenv.ts';

/**
 * Keeps what was pasted, by analysis, in this tab's memory only. The server keeps neither the values of a pasted launch
 * nor the text as it was typed.
 */
export type PastedStore = {
  keep: (analysisId: string, pasted: Pasted) => void;
  of: (analysisId: string) => Pasted | null;
};

/** A text as it was typed, and the parts of it to hide, longest first, as far as they show before the analysis ends. */
export type Pasted = { text: string; secrets: readonly string[] };

export function createPastedStore(): PastedStore {
  const held = new Map<string, Pasted>();
  return {
    keep: (analysisId, pasted) => void held.set(analysisId, pasted),
    of: (analysisId) => held.get(analysisId) ?? null,
  };
}

export const PastedTextContext = createContext<PastedStore | null>(null);

export function usePastedText(): PastedStore {
  const store = use(PastedTextContext);
  if (!store) throw new Error('No PastedTextContext above.');
  return store;
}

/** Values for the fields of one server. */
export type PastedValues = { credentials: readonly EnvPair[]; arguments: readonly EnvPair[] };

const PastedValuesDocument = graphql(`
  query PastedValues($id: ID!, $source: String!) {
    analysis(id: $id) {
      id
      pastedSecrets(source: $source)
      candidates {
        key
        pastedValues(source: $source) {
          credentials {
            name
            value
          }
          arguments {
            name
            value
          }
        }
      }
    }
  }
`);

export type PastedParts = {
  /** By the key of their server. */
  values: ReadonlyMap<string, PastedValues>;
  /** The parts of the text to hide, longest first. */
  secrets: readonly string[];
};

const NO_VALUES: ReadonlyMap<string, PastedValues> = new Map();

/**
 * Sends the pasted text once more, and returns what is in it. The server understands every form of a launch: settings
 * with comments, command lines, install links. The answer is not cached, since it may hold secrets. Null while it is on
 * its way.
 */
export function usePastedParts(analysisId: string, isReady: boolean): PastedParts | null {
  const pasted = usePastedText().of(analysisId);
  const isAsked = isReady && pasted !== null;
  const { data, error } = useQuery(PastedValuesDocument, {
    variables: { id: analysisId, source: pasted?.text ?? '' },
    skip: !isAsked,
    fetchPolicy: 'no-cache',
  });
  if (!isAsked || error) return { values: NO_VALUES, secrets: pasted?.secrets ?? [] };
  if (!data) return null;
  const { candidates = [], pastedSecrets = [] } = data.analysis ?? {};
  return { values: new Map(candidates.map(({ key, pastedValues }) => [key, pastedValues])), secrets: pastedSecrets };
}
