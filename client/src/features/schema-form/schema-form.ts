import { useId, useMemo, useState } from 'react';
import { type Draft, draftOf, fits, isRecord, readDraft } from './draft.ts';
import { type GroupNode, groupOf, isObject } from './node.ts';

export type SchemaForm = {
  node: GroupNode;
  draft: { [name: string]: Draft };
  problems: ReadonlyMap<string, string>;
  idOf: (path: string) => string;
  set: (name: string, draft: Draft) => void;
  /** Takes a whole value; false when the form has no place for all of it. */
  load: (value: unknown) => boolean;
  /** The value as far as it is filled in, whatever is wrong with it. */
  value: () => Record<string, unknown>;
  /** The value when nothing is wrong with it; else null: the problems show, and the first one has the focus. */
  submit: () => Record<string, unknown> | null;
};

const NONE: ReadonlyMap<string, string> = new Map();
const recordOf = (draft: Draft): { [name: string]: Draft } => (isRecord(draft) ? draft : {});

/** A form for a JSON Schema of an object. What is wrong shows once it was submitted, and goes as it is put right. */
export function useSchemaForm(schema: unknown): SchemaForm {
  const node = useMemo(() => groupOf(schema), [schema]);
  const [draft, setDraft] = useState(() => recordOf(draftOf(node)));
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const prefix = useId();
  const idOf = (path: string) => `${prefix}:${path}`;
  const read = readDraft(node, draft);
  const value = isObject(read.value) ? read.value : {};
  const problems = wasSubmitted ? new Map(read.problems.map(({ path, message }) => [path, message])) : NONE;
  return {
    node,
    draft,
    problems,
    idOf,
    set: (name, next) => setDraft((before) => ({ ...before, [name]: next })),
    load: (given) => {
      if (!fits(node, given)) return false;
      setDraft(recordOf(draftOf(node, given)));
      return true;
    },
    value: () => value,
    submit: () => {
      const [first] = read.problems;
      setWasSubmitted(first !== undefined);
      if (!first) return value;
      document.getElementById(idOf(first.path))?.focus();
      return null;
    },
  };
}
