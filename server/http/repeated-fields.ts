import { BREAK, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

/**
 * How often one selection set may ask for the same response name. Validation compares every two such fields with each
 * other, so that hundreds of them would hold the event loop for seconds; no client writes more than a few.
 */
export const REPEATS_MAX = 20;

/**
 * Reports whether a selection set of the document repeats a response name too often; inline fragments belong to their
 * set.
 */
export function repeatsTooOften(document: DocumentNode): boolean {
  let isTooOften = false;
  const count = (set: SelectionSetNode, counts: Map<string, number>) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) count(selection.selectionSet, counts);
      if (selection.kind !== Kind.FIELD) continue;
      const name = selection.alias?.value ?? selection.name.value;
      const times = (counts.get(name) ?? 0) + 1;
      counts.set(name, times);
      if (times > REPEATS_MAX) isTooOften = true;
    }
  };
  const check = ({ selectionSet }: { readonly selectionSet?: SelectionSetNode | undefined }) => {
    if (selectionSet) count(selectionSet, new Map());
    return isTooOften ? BREAK : undefined;
  };
  visit(document, { OperationDefinition: check, FragmentDefinition: check, Field: check });
  return isTooOften;
}
