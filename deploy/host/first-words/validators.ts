import type { Missing } from '../contract.ts';
import { argument, variable, variableOf } from './names.ts';

/** A value is absent, in the words of zod, pydantic, joi, ajv and their like. */
const ABSENT =
  /received undefined|["']?received["']?\s*:\s*["']undefined|\bRequired\b|received null|field required|is required|received NaN|invalid_type|too_small|at least 1 character|must not be empty|cannot be empty|type=missing|non-empty/i;
const PATH = /["']?path["']?\s*:\s*\[\s*["']([A-Za-z][\w.-]{0,79})["']\s*\]/g;
/** An issue of zod stands within so many characters around its path. */
const ISSUE_CHARACTERS = 240;

/** zod's issues, as JSON or as Node prints an object. */
const readPaths = (text: string): string[] =>
  [...text.matchAll(PATH)].flatMap((match) => {
    const from = text.lastIndexOf('{', match.index);
    const to = text.indexOf('}', match.index);
    const issue = text.slice(
      Math.max(from, match.index - ISSUE_CHARACTERS, 0),
      to === -1 ? match.index + ISSUE_CHARACTERS : Math.min(to, match.index + ISSUE_CHARACTERS),
    );
    return ABSENT.test(issue) && match[1] ? [match[1]] : [];
  });

/** zod's z.prettifyError: a line with the problem, then `→ at API_KEY` (the arrow is already gone). */
const readPretty = (lines: readonly string[]): string[] =>
  lines.flatMap((line, index) => {
    const name = /^\s+at ([A-Za-z][\w.]{0,79})$/.exec(line)?.[1];
    return name && ABSENT.test(lines[index - 1] ?? '') ? [name] : [];
  });

/** Flattened and formatted errors: `API_KEY: [ 'Required' ]`, `"API_KEY":["Required"]`, `API_KEY: { _errors: [ 'Required' ] }`. */
const FLAT = /["']?([A-Za-z]\w{1,79})["']?\s*:\s*(?:\{\s*["']?_errors["']?\s*:\s*)?\[\s*["']([^"'\]]{1,160})["']/g;
const NOT_A_SETTING = /^(?:_errors|formErrors|errors|message|issues|path|details|keys|stack|code)$/;

const readFlat = (text: string): string[] =>
  [...text.matchAll(FLAT)].flatMap(([, name = '', message = '']) =>
    ABSENT.test(message) && !NOT_A_SETTING.test(name) ? [name] : [],
  );

/** pydantic: the name on a line of its own, then `Field required [type=missing, …]`. */
const readPydantic = (lines: readonly string[]): string[] =>
  lines.flatMap((line, index) => {
    const name = /^([A-Za-z][\w.]{0,79})$/.exec(line)?.[1];
    return name && /^\s+(?:Field required|field required)/.test(lines[index + 1] ?? '') ? [name] : [];
  });

/** KeyError of Python, ajv and joi. */
const KEYED = [
  /\bKeyError: ['"]([A-Za-z]\w{1,79})['"]/g,
  /must have required property ['"]([A-Za-z]\w{1,79})['"]/g,
  /^(?:.{0,60}(?:validation|ValidationError|config|Error)[^"']{0,60})["']([A-Za-z]\w{1,79})["'] is required/gim,
  /required key ([A-Z]\w{1,79}) missing value/g,
  /\b([A-Z][A-Z0-9_]{1,79})\b: ?NotPresent/g,
];

/** The settings that a validator of the program's environment reported absent. */
export const readValidatorMessages = (lines: readonly string[], known: readonly string[]): Missing[][] => {
  const text = lines.join('\n');
  const settings = [
    ...readPaths(text),
    ...readPretty(lines),
    ...readFlat(text),
    ...readPydantic(lines),
    ...KEYED.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? [])),
  ];
  return settings.flatMap((setting) => {
    if (setting.startsWith('--')) return [[argument(setting)]];
    const name = variableOf(setting, known);
    return name === null ? [] : [[variable(name)]];
  });
};
