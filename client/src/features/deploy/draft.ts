import { z } from 'zod';
import type { DeployFormValues, FormFields } from './form-state.ts';

/** The part of a form that survives a reload: nothing that is or may be a secret. */
const draftSchema = z.object({
  name: z.string(),
  plain: z.record(z.string(), z.string()),
  personal: z.array(z.string()).default([]),
  region: z.string().nullable(),
  memoryMb: z.number().nullable(),
  processor: z.string().nullable(),
  sleepAfterMinutes: z.number().nullable(),
  access: z.enum(['TOKEN', 'OAUTH', 'PUBLIC']),
  isolation: z.enum(['AUTO', 'SHARED', 'PER_SESSION']),
  arguments: z.record(z.string(), z.array(z.string())),
});

const keyOf = (analysisId: string, candidateKey: string) => `catwalk:draft:${analysisId}:${candidateKey}`;

/** Saves a draft in this tab, without secrets, files, extra variables and extra arguments, which may hold keys. */
export function saveDraft(
  analysisId: string,
  candidateKey: string,
  values: DeployFormValues,
  fields: FormFields,
): void {
  const isPlain = (kind: string) => kind !== 'SECRET' && kind !== 'FILE';
  const plain = fields.credentials.filter((field) => isPlain(field.kind)).map((field) => field.name);
  const args = fields.arguments.filter((field) => isPlain(field.kind)).map((field) => field.name);
  const draft: z.infer<typeof draftSchema> = {
    name: values.name,
    plain: Object.fromEntries(plain.map((name) => [name, values.credentials[name] ?? ''])),
    arguments: Object.fromEntries(args.map((name) => [name, values.arguments[name] ?? []])),
    personal: values.personal,
    region: values.region,
    memoryMb: values.memoryMb,
    processor: values.processor,
    sleepAfterMinutes: values.sleepAfterMinutes,
    access: values.access,
    isolation: values.isolation,
  };
  try {
    sessionStorage.setItem(keyOf(analysisId, candidateKey), JSON.stringify(draft));
  } catch {
    // Storage is full or blocked: the form still works, but does not survive a reload.
  }
}

export function loadDraft(analysisId: string, candidateKey: string): Partial<DeployFormValues> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(keyOf(analysisId, candidateKey)) ?? 'null');
    const { plain, ...rest } = draftSchema.parse(stored);
    return { ...rest, credentials: plain };
  } catch {
    return {};
  }
}

export function dropDraft(analysisId: string, candidateKey: string): void {
  try {
    sessionStorage.removeItem(keyOf(analysisId, candidateKey));
  } catch {
    // Storage is blocked, so there is no draft.
  }
}
