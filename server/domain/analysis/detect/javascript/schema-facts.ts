import type { FieldKind } from '../../result.ts';
import type { EnvFinding } from '../finding.ts';

const literal = (before: string): RegExp =>
  new RegExp(
    `${before}\\s{0,40}(?:(["'\`])((?:(?!\\1)[^\\\\]|\\\\.){0,400})\\1|(-?\\d[\\d_.]{0,30}|true|false)\\s{0,9}[,)}])`,
  );
const FALLBACK = literal('(?:\\.(?:default|catch|prefault)\\(|\\b(?:default|devDefault)\\s{0,9}:)');
const DESCRIPTION = literal('(?:\\.(?:describe|meta|description)\\(|\\b(?:desc|doc|description|describe)\\s{0,9}:)');

const literalIn = (value: string, pattern: RegExp): string | undefined =>
  pattern
    .exec(`${value},`)
    ?.slice(2)
    .find((one) => one !== undefined);

/** Reads the rules of a schema for one entry: default, description, choices, kind. */
export function factsOfSchema(value: string): Partial<EnvFinding> {
  const fallback = literalIn(value, FALLBACK);
  const description = literalIn(value, DESCRIPTION);
  const enumerated = /(?:\b(?:enum|picklist|valid|oneOf)\w{0,30}\(|\bchoices\s{0,9}:)\s{0,40}\[?([^\])]{2,400})/.exec(
    value,
  )?.[1];
  const choices = [...(enumerated ?? '').matchAll(/["'`]([^"'`]{1,60})["'`]/g)].flatMap((one) => one[1] ?? []);
  const isOptional =
    fallback !== undefined ||
    /\.(?:optional|nullish|nullable|default|catch|prefault)\(|^v\.(?:optional|nullish)\(|\bdefault\s{0,9}:|\.undefined\(/.test(
      value,
    );
  const kind: FieldKind | undefined = /\bboolean\(|^bool\w{0,30}\(|\bstringbool\(/.test(value)
    ? 'BOOLEAN'
    : /\bnumber\(|\.int\(|^(?:num|port)\w{0,30}\(/.test(value)
      ? 'NUMBER'
      : undefined;
  const isExact = /^z\w{0,3}\s{0,20}\.\s{0,9}(?:string|url|enum|email)\(|^(?:str|url|host|email)\w{0,30}\(/.test(value);
  return {
    ...(fallback ? { default: fallback } : {}),
    ...(description ? { description } : {}),
    ...(kind ? { kind } : choices.length > 1 ? { choices } : {}),
    ...(isOptional ? { requirement: 'OPTIONAL' as const } : isExact ? { requirement: 'HARD' as const } : {}),
  };
}
