import { credentialField as optionalField } from '#server/domain/analysis/detect/credential-field.ts';
import type { DeploymentFields } from './fields.ts';

type Field = DeploymentFields['credentials'][number];

/** A field for a secret that the server needs, as a reading of its code finds it. */
export const credentialField = (name: string, over: Partial<Field> = {}): Field =>
  optionalField(name, { label: name, kind: 'SECRET', required: true, requirement: 'HARD', evidence: [], ...over });
