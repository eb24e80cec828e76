import type { DeploymentFields } from './fields.ts';

type Field = DeploymentFields['credentials'][number];

/** A field for a secret that the server needs, as a reading of its code finds it. */
export const credentialField = (name: string, over: Partial<Field> = {}): Field => ({
  name,
  label: name,
  description: null,
  kind: 'SECRET',
  required: true,
  requirement: 'HARD',
  default: null,
  choices: [],
  pattern: null,
  group: null,
  helpUrl: null,
  advanced: false,
  confidence: 'HIGH',
  evidence: [],
  ...over,
});
