import { credentialField } from '../detect/credential-field.ts';
import { ENV_NAME, evidenceOf } from '../detect/finding.ts';
import {
  isAdvancedName,
  isFrameworkVariable,
  isSecretName,
  isSystemVariable,
  kindOf,
} from '../detect/variable-kinds.ts';
import type { CredentialField, ServerCandidate } from '../result.ts';
import type { ModelAnswer } from './reader.ts';

const ADDED_MAX = 20;

/** One line of plain text: no markup, no control characters. */
const plain = (text: string | null): string | null => {
  const line = (text ?? '')
    .replace(/[\p{Cc}\p{Cf}<>]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line === '' ? null : line;
};

/** Only addresses that stand in the documents themselves: a model can be talked into inventing one. */
const knownUrl = (url: string | null, documents: string): string | null =>
  url !== null && URL.canParse(url) && new URL(url).protocol === 'https:' && documents.includes(url) ? url : null;

/**
 * Fills gaps with what a model read. It can describe, and point to names that stand in the documents word by word; it
 * can change neither package, version, command, arguments, endpoints nor what is required.
 */
export function applyModel(candidate: ServerCandidate, answer: ModelAnswer, documents: string): ServerCandidate {
  const said = new Map(answer.variables.map((variable) => [variable.name, variable]));
  const known = candidate.credentials.map((field): CredentialField => {
    const more = said.get(field.name);
    if (!more) return field;
    const description = field.description ?? plain(more.description);
    const helpUrl = field.helpUrl ?? knownUrl(more.helpUrl, documents);
    const isFilled = description !== field.description || helpUrl !== field.helpUrl;
    return isFilled
      ? { ...field, description, helpUrl, evidence: [...field.evidence, evidenceOf('MODEL', null, null, null)] }
      : field;
  });
  const names = new Set(known.map((field) => field.name));
  const isWelcome = (name: string): boolean =>
    ENV_NAME.test(name) &&
    name.includes('_') &&
    !names.has(name) &&
    !isSystemVariable(name) &&
    !isFrameworkVariable(name) &&
    new RegExp(`\\b${name}\\b`).test(documents);
  const added = [...said.values()].filter(({ name }) => isWelcome(name)).slice(0, ADDED_MAX);
  return {
    ...candidate,
    description: candidate.description ?? plain(answer.description),
    credentials: [
      ...known,
      ...added.map(({ name, description, helpUrl }): CredentialField => {
        const secret = isSecretName(name);
        return credentialField(name, {
          description: plain(description),
          kind: kindOf(name, { secret, choices: [] }),
          helpUrl: knownUrl(helpUrl, documents),
          advanced: isAdvancedName(name),
          confidence: 'LOW',
          evidence: [evidenceOf('MODEL', null, null, 'named by the model, and in the documents')],
        });
      }),
    ],
  };
}
