import { createContext, use } from 'react';

/** Tells the fields of several servers on one page apart; empty where there is one server. */
export const FieldScopeContext = createContext('');

/** The id of an input in the page: `credential:NAME` within its scope. */
export const scopedId = (scope: string, id: string): string => (scope === '' ? id : `${scope}/${id}`);

export function useFieldId(): (id: string) => string {
  const scope = use(FieldScopeContext);
  return (id) => scopedId(scope, id);
}
