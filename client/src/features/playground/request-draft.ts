import { z } from 'zod';
import { draftOf, fits, isRecord } from '../schema-form/draft.ts';
import { groupOf } from '../schema-form/node.ts';
import { recordDraftSchema } from '../schema-form/schema-form.ts';
import type { Capability } from './capabilities.ts';
import { sortedJson } from './sorted-json.ts';

export const requestDraftSchema = z.object({
  mode: z.enum(['form', 'json']),
  raw: z.string(),
  /** Null stands for the defaults of the schema. */
  form: recordDraftSchema.nullable(),
});

/** Arguments that are being filled in, as fields or as JSON. */
export type RequestDraft = z.infer<typeof requestDraftSchema>;

/** Identifies a schema, so that a draft never fills the form of another version of it. */
const fingerprint = (schema: unknown): string => {
  const text = sortedJson(schema);
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return hash.toString(36);
};

/** The key of a capability's draft. Arguments that a link brought with it have a draft of their own. */
export const requestDraftKey = (databaseId: string, { kind, name, schema }: Capability, given: string | null): string =>
  `arguments:${databaseId}:${kind} ${name} ${fingerprint(schema)}${given === null ? '' : ` ${fingerprint(given)}`}`;

/** Fills in the arguments of an earlier request: in the form if it has a field for each, else as JSON. */
export function requestDraftOf(schema: unknown, args: Record<string, unknown>): RequestDraft {
  const node = groupOf(schema);
  const raw = JSON.stringify(args, null, 2);
  if (!fits(node, args)) return { mode: 'json', raw, form: null };
  const form = draftOf(node, args);
  return { mode: 'form', raw, form: isRecord(form) ? form : null };
}
