import type { CredentialField } from '../result.ts';
import { labelOf } from './variable-kinds.ts';

/** A field of which nothing is known but its kind and what is given: it is optional, shown openly, and certain. */
export const credentialField = (
  name: string,
  known: Partial<CredentialField> & Pick<CredentialField, 'kind' | 'evidence'>,
): CredentialField => ({
  name,
  label: labelOf(name),
  description: null,
  required: false,
  requirement: 'OPTIONAL',
  default: null,
  choices: [],
  pattern: null,
  group: null,
  helpUrl: null,
  advanced: false,
  confidence: 'HIGH',
  ...known,
});
