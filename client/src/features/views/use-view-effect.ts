import { useQuery } from '@apollo/client/react';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { graphql, readFragment } from '../../generated/index.ts';

export const ViewEffectFragment = graphql(`
  fragment ViewEffect_effect on ViewEffect {
    toolsBefore
    toolsAfter
    tokensBefore
    tokensAfter
    notes
  }
`);

const ViewEffectDocument = graphql(`
  query ViewEffect($id: ID!, $rules: JSON!) {
    deployment(id: $id) {
      id
      viewEffect(rules: $rules) {
        ...ViewEffect_effect
      }
    }
  }
`);

/** A pause in typing, after which the effect is asked for. */
const TYPING_MS = 250;

/** Follows the effect of rules that are being edited. The last known effect stays while the next one is read. */
export function useViewEffect(databaseId: string, rules: unknown, isWhole: boolean) {
  const text = useMemo(() => JSON.stringify(rules), [rules]);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const { data, previousData, error } = useQuery(ViewEffectDocument, {
    variables: { id: databaseId, rules: JSON.parse(settled) },
    fetchPolicy: 'no-cache',
    skip: !isWhole,
  });
  const known = (data ?? previousData)?.deployment?.viewEffect ?? null;
  return {
    effect: readFragment(ViewEffectFragment, known) ?? null,
    /** Why the rules cannot be saved as they are. */
    problem: error?.message ?? null,
    isCurrent: data !== undefined && settled === text,
  };
}
