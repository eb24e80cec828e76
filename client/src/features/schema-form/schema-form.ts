import { useId, useMemo, useState } from 'react';
import { z } from 'zod';
import { type Draft, draftOf, fits, isRecord, readDraft } from './draft.ts';
import { type GroupNode, groupOf, isObject } from './node.ts';

export type RecordDraft = { [name: string]: Draft };

export type SchemaForm = {
  node: GroupNode;
  draft: RecordDraft;
  problems: ReadonlyMap<string, string>;
  idOf: (path: string) => string;
  set: (name: string, draft: Draft) => void;
  /** Fills the form from a whole value; returns false when the form has no field for a part of it. */
  load: (value: unknown) => boolean;
  /** Returns the value as far as it is filled in and valid. */
  value: () => Record<string, unknown>;
  /** Returns the value, or null when it is invalid: then the problems show, and the first one receives the focus. */
  submit: () => Record<string, unknown> | null;
};

type SchemaFormOptions = {
  /** The draft to start with; the schema's defaults when absent. */
  initial?: RecordDraft | null;
  onChange?: (draft: RecordDraft) => void;
};

const draftSchema: z.ZodType<Draft> = z.lazy(() =>
  z.union([z.string(), z.array(draftSchema), z.record(z.string(), draftSchema)]),
);
export const recordDraftSchema: z.ZodType<RecordDraft> = z.record(z.string(), draftSchema);

const NONE: ReadonlyMap<string, string> = new Map();
const recordOf = (draft: Draft): RecordDraft => (isRecord(draft) ? draft : {});

/** A form for a JSON Schema of an object. Problems show after the first submit, and disappear once they are fixed. */
export function useSchemaForm(schema: unknown, { initial = null, onChange }: SchemaFormOptions = {}): SchemaForm {
  const node = useMemo(() => groupOf(schema), [schema]);
  const [draft, setDraft] = useState(() => initial ?? recordOf(draftOf(node)));
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const prefix = useId();
  const idOf = (path: string) => `${prefix}:${path}`;
  const read = readDraft(node, draft);
  const value = isObject(read.value) ? read.value : {};
  const problems = wasSubmitted ? new Map(read.problems.map(({ path, message }) => [path, message])) : NONE;
  const change = (next: RecordDraft) => {
    setDraft(next);
    onChange?.(next);
  };
  return {
    node,
    draft,
    problems,
    idOf,
    set: (name, next) => change({ ...draft, [name]: next }),
    load: (loaded) => {
      if (!fits(node, loaded)) return false;
      change(recordOf(draftOf(node, loaded)));
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
