import { checkNumber, checkText } from './checks.ts';
import { type FormNode, isObject } from './node.ts';

/**
 * The content of a form that is being filled in: texts as typed, '' for unset fields, the index of a selected choice,
 * and lists and records of these.
 */
export type Draft = string | Draft[] | { [name: string]: Draft };

/** A message for the field at a path such as `filters.0.name`, or '' for the whole form. */
export type Problem = { path: string; message: string };

export const isRecord = (draft: Draft | undefined): draft is { [name: string]: Draft } =>
  typeof draft === 'object' && !Array.isArray(draft);
export const textIn = (draft: Draft | undefined): string => (typeof draft === 'string' ? draft : '');
export const listIn = (draft: Draft | undefined): Draft[] => (Array.isArray(draft) ? draft : []);

/** Makes the draft for a value, or for the schema's default. */
export function draftOf(node: FormNode, initial?: unknown): Draft {
  const value = initial === undefined ? node.default : initial;
  const isUnset = value === undefined || value === null;
  switch (node.kind) {
    case 'text':
      return typeof value === 'string' ? value : '';
    case 'number':
    case 'boolean':
      return isUnset ? '' : String(value);
    case 'json':
      return isUnset ? '' : JSON.stringify(value, null, 2);
    case 'choice':
      return placeOf(node.choices, value);
    case 'choices':
      return (Array.isArray(value) ? value : []).map((one) => placeOf(node.choices, one)).filter((one) => one !== '');
    case 'list':
      return (Array.isArray(value) ? value : []).map((one) => draftOf(node.item, one));
    case 'group': {
      const known = isObject(value) ? value : {};
      return Object.fromEntries(node.members.map((member) => [member.name, draftOf(member.node, known[member.name])]));
    }
  }
}

const placeOf = (choices: readonly { value: unknown }[], value: unknown): string => {
  const at = choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value));
  return at === -1 ? '' : String(at);
};

const isTouched = (draft: Draft | undefined): boolean =>
  typeof draft === 'string' ? draft !== '' : draft !== undefined && Object.values(draft).some(isTouched);

/** Reads the value from a draft, undefined when it is not set, and everything that violates the schema. */
export function readDraft(
  node: FormNode,
  draft: Draft | undefined,
  path = '',
): { value: unknown; problems: Problem[] } {
  const wrong = (message: string) => ({ value: undefined, problems: [{ path, message }] });
  if (!isTouched(draft) && node.kind !== 'group' && node.kind !== 'list' && node.kind !== 'choices') {
    return node.required ? wrong('Required.') : { value: undefined, problems: [] };
  }
  const text = textIn(draft);
  switch (node.kind) {
    case 'text': {
      const message = checkText(node, text);
      return message ? wrong(message) : { value: text, problems: [] };
    }
    case 'number': {
      const message = checkNumber(node, text);
      return message ? wrong(message) : { value: Number(text), problems: [] };
    }
    case 'boolean':
      return { value: text === 'true', problems: [] };
    case 'choice':
      return { value: node.choices[Number(text)]?.value, problems: [] };
    case 'json':
      try {
        return { value: JSON.parse(text), problems: [] };
      } catch (error) {
        return wrong(`Enter valid JSON (${error instanceof Error ? error.message : 'it does not parse'}).`);
      }
    case 'choices':
    case 'list':
      return listValue(node, listIn(draft), path);
    case 'group': {
      // An optional object in which nothing is set is left out, although it has required members.
      if (!node.required && !isTouched(draft)) return { value: undefined, problems: [] };
      const record = isRecord(draft) ? draft : {};
      const members = node.members.map(({ name, node: member }) => ({
        name,
        ...readDraft(member, record[name], path === '' ? name : `${path}.${name}`),
      }));
      const set = members.filter((member) => member.value !== undefined);
      return {
        value: Object.fromEntries(set.map(({ name, value }) => [name, value])),
        problems: members.flatMap((member) => member.problems),
      };
    }
  }
}

type ListNode = Extract<FormNode, { kind: 'list' | 'choices' }>;

function listValue(node: ListNode, drafts: Draft[], path: string): { value: unknown; problems: Problem[] } {
  if (!node.required && drafts.length === 0) return { value: undefined, problems: [] };
  const items =
    node.kind === 'list'
      ? drafts.map((draft, index) => readDraft(node.item, draft, path === '' ? String(index) : `${path}.${index}`))
      : drafts.map((draft) => ({ value: node.choices[Number(textIn(draft))]?.value, problems: [] }));
  const problems = items.flatMap((item) => item.problems);
  const own =
    drafts.length < node.minItems
      ? `Add at least ${node.minItems}.`
      : drafts.length > node.maxItems
        ? `Add up to ${node.maxItems} (currently ${drafts.length}).`
        : null;
  return { value: items.map((item) => item.value), problems: own ? [{ path, message: own }, ...problems] : problems };
}

/** Tells whether a form can hold a whole value; it would lose members that it has no field for. */
export const fits = (node: FormNode, value: unknown): boolean =>
  isSame(readDraft(node, draftOf(node, value)).value, value);

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]));
}
