import type { CredentialField } from '../result.ts';

/** The order of a form: required fields, those usually needed, the others, advanced ones. */
export const importanceOf = ({ required, requirement, advanced }: CredentialField): number =>
  required ? 0 : requirement === 'LAZY' ? 1 : advanced ? 3 : 2;
