import { evidenceOf } from '../detect/finding.ts';
import { asVariable } from '../detect/merge-arguments.ts';
import { positionalName, SWITCH } from '../detect/readme/launch-arguments.ts';
import { isSecretName, labelOf } from '../detect/variable-kinds.ts';
import type { ArgumentField, LaunchWord, Template } from '../result.ts';
import type { LaunchInput } from '../source/launch.ts';
import { type Placeholder, placeholdersIn, wholePlaceholder } from '../source/placeholder.ts';
import { MASKED_NAME } from '../source/stored.ts';

/** A pasted command line, in which placeholders are fields. */
export type LaunchWords = {
  words: LaunchWord[];
  /** The fields of the words: known ones, and one for each placeholder that is not known. */
  fields: ArgumentField[];
  /** Flags that the line gives. */
  flags: ReadonlySet<string>;
  /** True when it gives a word that is neither a flag nor the value of one. */
  hasPositional: boolean;
};

const FLAG = /^--?[A-Za-z]/;
const ASSIGNED = /^(--?[A-Za-z][\w.-]*)=(.*)$/s;
/** A folder, a file or an address, as people adapt them; a subcommand is none of these. */
const ADAPTABLE = /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\]|^~$|^[a-z][a-z0-9+.-]*:\/\//i;

const slug = (text: string): string =>
  text
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();

type Slot = { flag: string | null; value: string };

function newField(
  name: string,
  placeholder: Placeholder,
  isWhole: boolean,
  slot: Slot,
  inputs: readonly LaunchInput[],
) {
  const input = inputs.find(({ id }) => id === placeholder.name);
  const isMasked = placeholder.name === MASKED_NAME;
  const isSecret = isMasked || input?.isSecret === true || isSecretName(asVariable(name));
  const choices = input?.choices ?? [];
  const fallback = placeholder.default ?? input?.default ?? null;
  const kind = isSecret ? 'SECRET' : choices.length > 1 ? 'CHOICE' : 'TEXT';
  return {
    name,
    label: labelOf(name),
    description: input?.description ?? null,
    kind,
    // a gap in the middle of the line would move the words behind it; a key is what the line was copied for
    required: fallback === null && (slot.flag === null || !isWhole || isSecret),
    repeated: false,
    positional: slot.flag === null && isWhole,
    flag: isWhole ? slot.flag : null,
    default: fallback,
    choices,
    advanced: false,
    evidence: [evidenceOf('SNIPPET', null, null, 'in the command that was pasted')],
  } satisfies ArgumentField;
}

/**
 * Reads the words of a pasted launch, in order. A placeholder becomes a field; a value that a known field can hold
 * becomes the default of that field; every other word stays as it is. The words hold no secrets any more.
 */
export function readLaunchWords(
  args: readonly string[],
  known: readonly ArgumentField[],
  inputs: readonly LaunchInput[] = [],
): LaunchWords {
  const fields = new Map<string, ArgumentField>();
  const flags = new Set<string>();
  const words: LaunchWord[] = [];
  const knownPositional = known.find(({ positional }) => positional);
  const positionals = positionalsIn(args, known);

  function fieldOf(slot: Slot): ArgumentField | undefined {
    if (slot.flag !== null) return known.find(({ flag }) => flag === slot.flag);
    return positionals === 1 && !fields.has(knownPositional?.name ?? '') ? knownPositional : undefined;
  }

  function nameFor(placeholder: Placeholder, isWhole: boolean, slot: Slot): string {
    if (isWhole && slot.flag !== null) return slot.flag.replace(/^-+/, '');
    const own = slug(placeholder.name ?? '');
    if (isWhole) return own && own !== 'value' ? own : positionalName(slot.value);
    return own || slug(slot.flag ?? '') || 'value';
  }

  /** A name that is not taken by another field; the same placeholder twice is one field. */
  function freeName(name: string, isShared: boolean): string {
    if (isShared || !(fields.has(name) || known.some((field) => field.name === name))) return name;
    for (let count = 2; ; count++) if (!fields.has(`${name}-${count}`)) return `${name}-${count}`;
  }

  function templateOf(slot: Slot): Template {
    const placeholders = placeholdersIn(slot.value);
    const own = fieldOf(slot);
    if (placeholders.length === 0) {
      const takesDefault = own && own.kind !== 'SECRET' && own.kind !== 'BOOLEAN' && !own.repeated;
      if (!takesDefault || (slot.flag === null && !ADAPTABLE.test(slot.value))) return [slot.value];
      fields.set(own.name, { ...own, default: slot.value, required: false, advanced: false });
      return [{ field: own.name }];
    }
    const whole = wholePlaceholder(slot.value);
    if (whole && own && !own.repeated) {
      const required = whole.default === null && (own.required || own.kind === 'SECRET' || slot.flag === null);
      fields.set(own.name, { ...own, default: whole.default ?? own.default, required, advanced: false });
      return [{ field: own.name }];
    }
    let end = 0;
    const template = placeholders.flatMap((placeholder): Template => {
      const before = slot.value.slice(end, placeholder.start);
      end = placeholder.end;
      const isShared = !whole && placeholder.name !== null;
      const name = freeName(nameFor(placeholder, whole !== null, slot), isShared);
      if (!fields.has(name)) fields.set(name, newField(name, placeholder, whole !== null, slot, inputs));
      return [...(before ? [before] : []), { field: name }];
    });
    const after = slot.value.slice(end);
    return after ? [...template, after] : template;
  }

  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const [, assigned, value = ''] = ASSIGNED.exec(word) ?? [];
    if (assigned) {
      flags.add(assigned);
      const template = templateOf({ flag: assigned, value });
      words.push({ flag: null, value: joined([`${assigned}=`, ...template]) });
    } else if (FLAG.test(word)) {
      flags.add(word);
      if (takesNext(args, at, known))
        words.push({ flag: word, value: templateOf({ flag: word, value: args[++at] ?? '' }) });
      else words.push({ flag: null, value: [word] });
    } else words.push({ flag: null, value: templateOf({ flag: null, value: word }) });
  }
  return { words, fields: [...fields.values()], flags, hasPositional: positionals > 0 };
}

/** Texts that touch are one. */
const joined = (template: Template): Template => {
  const [first, second, ...rest] = template;
  return typeof first === 'string' && typeof second === 'string' ? [first + second, ...rest] : template;
};

/** Reports whether the word behind a flag is its value: not behind a switch, and not a flag itself. */
function takesNext(args: readonly string[], at: number, known: readonly ArgumentField[]): boolean {
  const next = args[at + 1];
  const word = args[at] ?? '';
  if (next === undefined || (next.startsWith('-') && next !== '-')) return false;
  const field = known.find(({ flag }) => flag === word);
  return field ? field.kind !== 'BOOLEAN' : !SWITCH.test(word);
}

function positionalsIn(args: readonly string[], known: readonly ArgumentField[]): number {
  let count = 0;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (ASSIGNED.test(word)) continue;
    if (!FLAG.test(word)) count++;
    else if (takesNext(args, at, known)) at++;
  }
  return count;
}
