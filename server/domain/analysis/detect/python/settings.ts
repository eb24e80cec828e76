import type { FieldKind } from '../../result.ts';
import type { CodeFile } from '../code/code-file.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

type Field = { name: string; type: string; value: string | null; file: CodeFile; offset: number };
type SettingsClass = { name: string; bases: string; body: string; fields: Field[]; file: CodeFile };

const CLASS = /^class[ \t]{1,9}(\w{1,79})[ \t]{0,9}(?:\(([^)]{0,300})\))?[ \t]{0,9}:[ \t]{0,200}$/gm;
const BODY_CHARACTERS_MAX = 40_000;
const FIELD =
  /^([ \t]{1,40})([a-zA-Z][a-zA-Z0-9_]{0,79})[ \t]{0,9}:[ \t]{0,9}([^=\n]{1,200}?)[ \t]{0,9}(?:=[ \t]{0,9}(.*))?$/;
const VALUE_LINES_MAX = 40;
const NESTING_MAX = 3;
/** Classes that nest in each other name more settings than any program has. */
const FINDINGS_MAX = 1_000;
const ALIAS =
  /\b(?:validation_alias|alias|env)\s{0,9}=\s{0,9}(?:AliasChoices\(\s{0,40})?((?:\s{0,40}["'][A-Za-z][\w-]{0,79}["']\s{0,9},?){1,10})/;
const DEFAULT =
  /^(?:Field\(\s{0,40}(?:default\s{0,9}=\s{0,9})?)?["']([^"']{0,300})["']|^(?:Field\(\s{0,40}(?:default\s{0,9}=\s{0,9})?)?(-?\d[\d_.]{0,30}|True|False)\b/;
const PREFIX = /\benv_prefix\s{0,9}=\s{0,9}["']([^"'\n]{0,60})["']/;
const DELIMITER = /\benv_nested_delimiter\s{0,9}=\s{0,9}["']([^"'\n]{1,10})["']/;

/** How many brackets a line opens and does not close. */
const bracketsIn = (line: string): number => {
  let open = 0;
  for (const one of line) {
    if (one === '(' || one === '[' || one === '{') open++;
    else if (one === ')' || one === ']' || one === '}') open--;
  }
  return open;
};

/** The fields at the first level of a class: `name: type = value`, whose value may take several lines. */
function fieldsIn(body: string, bodyAt: number, file: CodeFile): Field[] {
  const fields: Field[] = [];
  const lines = body.split('\n');
  const indent = /^[ \t]+(?=\S)/.exec(lines.find((line) => line.trim() !== '') ?? '')?.[0] ?? '    ';
  let offset = bodyAt;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const start = offset;
    offset += line.length + 1;
    const [, own = '', name = '', type = '', first] = FIELD.exec(line) ?? [];
    // deeper lines belong to a method or to another field's value
    if (own !== indent || name === '' || name === 'model_config') continue;
    const value = first === undefined ? [] : [first];
    let open = bracketsIn(first ?? '');
    while (open > 0 && value.length < VALUE_LINES_MAX && at + 1 < lines.length) {
      const next = lines[++at] ?? '';
      value.push(next);
      open += bracketsIn(next);
      offset += next.length + 1;
    }
    fields.push({
      name,
      type: type.trim(),
      value: first === undefined ? null : value.join('\n').trim(),
      file,
      offset: start + indent.length,
    });
  }
  return fields;
}

function classesIn(file: CodeFile): SettingsClass[] {
  const { text } = file;
  return [...text.matchAll(CLASS)].flatMap((match) => {
    const bodyAt = match.index + match[0].length + 1;
    const behind = text.slice(bodyAt, bodyAt + BODY_CHARACTERS_MAX);
    const end = behind.search(/^[^\s]/m);
    const body = end === -1 ? behind : behind.slice(0, end);
    return [{ name: match[1] ?? '', bases: match[2] ?? '', body, fields: fieldsIn(body, bodyAt, file), file }];
  });
}

const kindOf = (type: string): FieldKind | undefined =>
  /\bbool\b/.test(type) ? 'BOOLEAN' : /\b(?:int|float|PositiveInt)\b/.test(type) ? 'NUMBER' : undefined;

const isOptional = ({ type, value }: Field): boolean =>
  /\bNone\b|\bOptional\b/.test(type) ||
  (value !== null && !/^Field\(\s{0,40}(?:\.\.\.|(?!default)\w{1,40}\s{0,9}=|\))/.test(value) && value !== '...') ||
  (value !== null && /\bdefault(?:_factory)?\s{0,9}=/.test(value));

const wordsIn = (text: string): string[] => text.match(/\w+/g) ?? [];

/** The classes that inherit from BaseSettings, through others too. */
function withHeirs(classes: readonly SettingsClass[]): Set<SettingsClass> {
  const heirs = Map.groupBy(
    classes.flatMap((one) => wordsIn(one.bases).map((base) => ({ base, one }))),
    ({ base }) => base,
  );
  const found = new Set<SettingsClass>();
  const names = new Set(['BaseSettings']);
  for (const name of names) {
    for (const { one } of heirs.get(name) ?? []) {
      found.add(one);
      names.add(one.name);
    }
  }
  return found;
}

/**
 * pydantic-settings hides names: a class of settings reads every field of its own from `env_prefix` + field, from its
 * aliases instead where it has any, and fields of nested models behind `env_nested_delimiter`.
 */
export function settingsInPython(files: readonly CodeFile[]): EnvFinding[] {
  const classes = files.flatMap(classesIn);
  const byName = new Map(classes.map((one) => [one.name, one]));
  const settings = withHeirs(classes);
  let left = FINDINGS_MAX;

  function findingsOf(one: SettingsClass, prefix: string, delimiter: string | undefined, depth: number): EnvFinding[] {
    return one.fields.flatMap((field): EnvFinding[] => {
      if (left <= 0) return [];
      const own = field.value ?? '';
      const aliases = [...(ALIAS.exec(own)?.[1] ?? '').matchAll(/["']([^"']+)["']/g)].flatMap(
        (match) => match[1] ?? [],
      );
      const names = aliases.length > 0 ? aliases : [`${prefix}${field.name}`];
      const nested = wordsIn(field.type).flatMap((word) => byName.get(word) ?? [])[0];
      if (nested && nested !== one && depth < NESTING_MAX) {
        if (settings.has(nested)) return []; // it is read under its own prefix
        if (delimiter === undefined) return [];
        return findingsOf(nested, `${names[0]}${delimiter}`, delimiter, depth + 1);
      }
      const fallback = DEFAULT.exec(own);
      const known = fallback?.[1] ?? fallback?.[2];
      const description = /\bdescription\s{0,9}=\s{0,9}\(?\s{0,20}["']([^"'\n]{1,600})["']/.exec(own)?.[1];
      const kind = kindOf(field.type);
      const choices = [
        ...(/\bLiteral\[([^\]]{1,600})\]/.exec(field.type)?.[1] ?? '').matchAll(/["']([^"']+)["']/g),
      ].flatMap((match) => match[1] ?? []);
      const [name = ''] = names.map((one) => one.replace(/-/g, '_').toUpperCase());
      if (!ENV_NAME.test(name)) return [];
      left--;
      return [
        {
          name,
          evidence: evidenceOf('SOURCE_CODE', field.file.path, field.file.lineAt(field.offset), one.name),
          ...(description ? { description } : {}),
          ...(kind ? { kind } : {}),
          ...(choices.length > 1 ? { choices } : {}),
          ...(/\bSecretStr\b/.test(field.type) ? { secret: true } : {}),
          requirement: depth === 0 && !isOptional(field) ? 'HARD' : 'OPTIONAL',
          ...(known ? { default: known } : {}),
        },
      ];
    });
  }

  return classes
    .filter((one) => settings.has(one))
    .flatMap((one) => {
      const inherited = wordsIn(one.bases).flatMap((base) => byName.get(base) ?? []);
      const from = [one, ...inherited];
      const prefix = from.map(({ body }) => PREFIX.exec(body)?.[1]).find((found) => found !== undefined) ?? '';
      const delimiter = from.map(({ body }) => DELIMITER.exec(body)?.[1]).find((found) => found);
      return findingsOf(one, prefix, delimiter, 0);
    });
}
