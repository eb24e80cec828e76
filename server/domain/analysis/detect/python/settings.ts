import { lineAt, type SourceFile } from '../../files/file-set.ts';
import type { FieldKind } from '../../result.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

type Field = { name: string; type: string; value: string | null; file: SourceFile; offset: number };
type SettingsClass = { name: string; bases: string; body: string; fields: Field[]; file: SourceFile };

const CLASS = /^class\s+(\w+)\s*(?:\(([^)]*)\))?\s*:\s*\n((?:[ \t]+[^\n]*\n|[ \t]*\n)+)/gm;
const FIELD =
  /^([ \t]+)([a-zA-Z][a-zA-Z0-9_]*)\s*:\s*([^=\n]+?)\s*(?:=\s*([\s\S]*?))?(?=\n[ \t]{0,8}(?:[a-zA-Z_@#)"]|$)|\n\s*\n|$(?![\s\S]))/gm;
const ALIAS = /\b(?:validation_alias|alias|env)\s*=\s*(?:AliasChoices\(\s*)?((?:\s*["'][A-Za-z][\w-]*["']\s*,?)+)/;
const DEFAULT =
  /^(?:Field\(\s*(?:default\s*=\s*)?)?["']([^"']*)["']|^(?:Field\(\s*(?:default\s*=\s*)?)?(-?\d[\d_.]*|True|False)\b/;

function classesIn(file: SourceFile): SettingsClass[] {
  return [...`${file.text}\n`.matchAll(CLASS)].map((match) => {
    const body = match[3] ?? '';
    const bodyAt = match.index + match[0].length - body.length;
    const first = /^[ \t]+/.exec(body)?.[0] ?? '    ';
    const fields = [...body.matchAll(FIELD)].flatMap((field): Field[] => {
      const [, indent = '', name = '', type = '', value] = field;
      // deeper lines belong to a method or to another field's value
      if (indent !== first || name === 'model_config') return [];
      const offset = bodyAt + field.index + indent.length;
      return [{ name, type, value: value?.trim() ?? null, file, offset }];
    });
    return { name: match[1] ?? '', bases: match[2] ?? '', body, fields, file };
  });
}

const configured = (body: string, key: string): string | undefined =>
  new RegExp(`\\b${key}\\s*=\\s*["']([^"']*)["']`).exec(body)?.[1];

const kindOf = (type: string): FieldKind | undefined =>
  /\bbool\b/.test(type) ? 'BOOLEAN' : /\b(?:int|float|PositiveInt)\b/.test(type) ? 'NUMBER' : undefined;

const isOptional = ({ type, value }: Field): boolean =>
  /\bNone\b|\bOptional\b/.test(type) ||
  (value !== null && !/^Field\(\s*(?:\.\.\.|(?!default)\w+\s*=|\))/.test(value) && value !== '...') ||
  (value !== null && /\bdefault(?:_factory)?\s*=/.test(value));

/**
 * pydantic-settings hides names: a class of settings reads every field of its own from `env_prefix` + field, from its
 * aliases instead where it has any, and fields of nested models behind `env_nested_delimiter`.
 */
export function settingsInPython(files: readonly SourceFile[]): EnvFinding[] {
  const classes = files.flatMap(classesIn);
  const byName = new Map(classes.map((one) => [one.name, one]));
  const isSettings = (one: SettingsClass, depth = 0): boolean =>
    /\bBaseSettings\b/.test(one.bases) ||
    (depth < 4 &&
      [...one.bases.matchAll(/\w+/g)].some(([base]) => {
        const parent = byName.get(base);
        return parent !== undefined && parent !== one && isSettings(parent, depth + 1);
      }));

  function findingsOf(one: SettingsClass, prefix: string, delimiter: string | undefined, depth: number): EnvFinding[] {
    return one.fields.flatMap((field): EnvFinding[] => {
      const own = field.value ?? '';
      const aliases = [...(ALIAS.exec(own)?.[1] ?? '').matchAll(/["']([^"']+)["']/g)].flatMap(
        (match) => match[1] ?? [],
      );
      const names = aliases.length > 0 ? aliases : [`${prefix}${field.name}`];
      const nested = [...field.type.matchAll(/\w+/g)].flatMap(([word]) => byName.get(word) ?? [])[0];
      if (nested && nested !== one && depth < 3) {
        if (isSettings(nested)) return []; // it is read under its own prefix
        if (delimiter === undefined) return [];
        return findingsOf(nested, `${names[0]}${delimiter}`, delimiter, depth + 1);
      }
      const fallback = DEFAULT.exec(own);
      const known = fallback?.[1] ?? fallback?.[2];
      const description = /\bdescription\s*=\s*\(?\s*["']([^"'\n]+)["']/.exec(own)?.[1];
      const kind = kindOf(field.type);
      const choices = [...(/\bLiteral\[([^\]]+)\]/.exec(field.type)?.[1] ?? '').matchAll(/["']([^"']+)["']/g)].flatMap(
        (match) => match[1] ?? [],
      );
      const [name = ''] = names.map((one) => one.replace(/-/g, '_').toUpperCase());
      if (!ENV_NAME.test(name)) return [];
      return [
        {
          name,
          evidence: evidenceOf('SOURCE_CODE', field.file.path, lineAt(field.file.text, field.offset), one.name),
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
    .filter((one) => isSettings(one))
    .flatMap((one) => {
      const inherited = [...one.bases.matchAll(/\w+/g)].flatMap(([base]) => byName.get(base) ?? []);
      const from = [one, ...inherited];
      const prefix = from.map(({ body }) => configured(body, 'env_prefix')).find((found) => found !== undefined) ?? '';
      const delimiter = from.map(({ body }) => configured(body, 'env_nested_delimiter')).find((found) => found);
      return findingsOf(one, prefix, delimiter, 0);
    });
}
