import type { ServerCandidate } from '../result.ts';
import type { Launch, LaunchTarget } from '../source/launch.ts';
import { parseSource } from '../source/parse-source.ts';
import { placeholdersIn, realValueOf } from '../source/placeholder.ts';
import { filledHeader } from '../source/remote-headers.ts';
import { targetOf } from '../source/target.ts';
import { isUsable, pastedVariables } from './pasted-environment.ts';
import { isRelayed, variableOf } from './remote-candidate.ts';

type Value = { name: string; value: string };

/** The values in a pasted text for the fields of one candidate; variables that are no fields come along. */
export type PastedValues = { credentials: Value[]; arguments: Value[] };

const NONE: PastedValues = { credentials: [], arguments: [] };

function findLaunch(text: string, index: number): { launch: Launch; target: LaunchTarget } | null {
  try {
    // a text that names a folder holds no values, so it does not matter whether this server allows one
    const source = parseSource(text, { localPathsAllowed: true });
    const launch = source.kind === 'snippet' ? source.launches[index] : undefined;
    const target = launch ? targetOf(launch) : null;
    return launch && target ? { launch, target } : null;
  } catch {
    return null; // another text than the one that was analyzed
  }
}

/** The words of the candidate follow the pasted ones, so that each word with one field shows the value of that field. */
function argumentValues(words: NonNullable<ServerCandidate['launch']>['words'], args: readonly string[]): Value[] {
  let at = 0;
  return words.flatMap(({ flag, value: template }): Value[] => {
    if (flag !== null) at++;
    const word = args[at++] ?? '';
    const fields = template.filter((part) => typeof part !== 'string');
    const [field] = fields;
    if (!field || fields.length > 1) return [];
    const where = template.indexOf(field);
    const [before = '', after = ''] = [template.slice(0, where), template.slice(where + 1)].map((parts) =>
      parts.join(''),
    );
    if (!word.startsWith(before) || !word.endsWith(after)) return [];
    const value = realValueOf(word.slice(before.length, word.length - after.length));
    return value === null || placeholdersIn(value).length > 0 ? [] : [{ name: field.field, value }];
  });
}

/**
 * Reads the values of a pasted text again, to fill a form with. An analysis keeps none of them: the user who pasted the
 * text still has it. Returns nothing for a text that is not the one that was analyzed.
 */
export function pastedValues(text: string, candidate: Pick<ServerCandidate, 'launch'>): PastedValues {
  const { launch: template } = candidate;
  if (template?.index == null) return NONE;
  const found = findLaunch(text, template.index);
  if (!found) return NONE;
  const { launch, target } = found;
  if (target.kind === 'remote') {
    const credentials = Object.entries(target.headers ?? {}).flatMap(([name, text]): Value[] => {
      const filled = filledHeader(text, launch.env);
      const value = filled === null ? null : realValueOf(filled);
      return value === null || !isRelayed(name) ? [] : [{ name: variableOf(name), value }];
    });
    return { credentials, arguments: [] };
  }
  const credentials = Object.entries(pastedVariables(launch, target)).flatMap(([name, text]): Value[] => {
    const value = text === null ? null : realValueOf(text);
    return value === null || !isUsable(name) ? [] : [{ name, value }];
  });
  return { credentials, arguments: argumentValues(template.words, 'args' in target ? target.args : []) };
}
