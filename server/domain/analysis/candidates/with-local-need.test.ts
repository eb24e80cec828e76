import { expect, test } from 'vitest';
import { credentialField } from '../detect/credential-field.ts';
import { evidenceOf } from '../detect/finding.ts';
import type { LocalNeed } from '../detect/local-needs.ts';
import type { CredentialField, Described } from '../result.ts';
import { withLocalNeed } from './with-local-need.ts';

const evidence = evidenceOf('SOURCE_CODE', 'auth.js', 1);
const need = (kind: LocalNeed['kind']): LocalNeed => ({ kind, message: 'It needs a screen.', evidence });
const described = (name: string, requirement: CredentialField['requirement']) =>
  ({
    candidate: {
      key: 'npm:x',
      verdict: 'MCP_SERVER',
      credentials: [credentialField(name, { kind: 'SECRET', requirement, evidence: [evidence] })],
    },
    warnings: [],
    readme: '',
  }) as unknown as Described; // the fields that decide

test('a key that is needed anyway makes the login in a browser needless', () => {
  const verdict = (name: string, requirement: CredentialField['requirement'], kind: LocalNeed['kind'] = 'browser') =>
    withLocalNeed(described(name, requirement), need(kind)).candidate.verdict;
  expect(verdict('X_TOKEN', 'HARD')).toBe('MCP_SERVER');
  expect(verdict('X_TOKEN', 'OPTIONAL')).toBe('NEEDS_LOCAL_APP');
  expect(verdict('X_CLIENT_SECRET', 'HARD')).toBe('NEEDS_LOCAL_APP');
  expect(verdict('X_TOKEN', 'HARD', 'login')).toBe('NEEDS_LOCAL_APP');
});
