import type { CodeFile } from '../code/code-file.ts';
import { guardedNames } from '../code/guarded-names.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, IN_BUNDLE } from '../finding.ts';
import { guardsOfBundle } from './bundle-guards.ts';
import { javaScriptGuards, nameInJavaScript } from './guards.ts';
import { messagesIn } from './messages.ts';
import { constantsOf, type Read, readsOf } from './reads.ts';
import { detectJavaScriptSchemas } from './schemas.ts';
import { storedIn } from './stored-in.ts';
import { createHeldVariables } from './syntax/held-variables.ts';
import { variablesOfTables } from './syntax/named-tables.ts';
import { variablesOfRows } from './syntax/option-rows.ts';
import { provenNeeds } from './syntax/proven-needs.ts';
import { startPathOf } from './syntax/start-path.ts';
import { treeOf } from './syntax/tree.ts';

const BUNDLE_BYTES = 400_000;
const LOWER_CASE_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

/** A word for people, in a line of a log. */
const NO_DEFAULT = /^\(?(?:not (?:set|provided|configured|found)|unset|undefined|none|missing|n\/a|unknown|\*+)\)?$/i;
const FALLBACK =
  /^\s{0,9}\)?\s{0,9}(?:\|\||\?\?)\s{0,40}(?:String\()?(?:(["'`])([^"'`\n]{0,100})\1|(\d[\d_.e]{0,20})\b(?!\s{0,9}[*+])|(true|false)\b)/;
const OTHER_FALLBACK = /^\s{0,9}(?:\|\||\?\?)\s{0,40}[A-Z_a-z(`[{]/;
const NO_FALLBACK = /^\s{0,9}(?:\|\||\?\?)\s{0,40}(?:process\.env|undefined|null|throw|fail|die|exit)/;
const SWITCH = /^\s{0,9}(?:\?\.\w{1,30}\([^)]{0,30}\))?\s{0,9}[!=]==?\s{0,9}["'](?:true|false|1|0|yes|on)["']/i;

/** Reads the code right behind a read: a default, a comparison. */
function usage(text: string, { offset, end }: Read): Partial<EnvFinding> {
  const after = text.slice(end, end + 120);
  const before = text.slice(Math.max(0, offset - 30), offset);
  const found: Partial<EnvFinding> = {};
  const fallback = FALLBACK.exec(after);
  const value = fallback?.[2] ?? fallback?.[3] ?? fallback?.[4];
  if (value !== undefined && !NO_DEFAULT.test(value)) {
    if (value !== '') found.requirement = 'OPTIONAL';
    if (value !== '' && !value.includes('${')) found.default = value;
  } else if (OTHER_FALLBACK.test(after) && !NO_FALLBACK.test(after)) found.requirement = 'OPTIONAL';
  if (SWITCH.test(after)) {
    found.kind = 'BOOLEAN';
    found.requirement = 'OPTIONAL';
  }
  if (/(?:parseInt|parseFloat|Number)\(\s{0,9}$/.test(before)) found.kind = 'NUMBER';
  return found;
}

function findingsIn(file: CodeFile, reads: readonly Read[]): EnvFinding[] {
  if (reads.length === 0) return [];
  const { text, path } = file;
  const isBundle = text.length > BUNDLE_BYTES;
  // in a bundle, guards of the libraries inside look like the server's own; where there is a tree, it has the guards
  const hasGuards = !isBundle && treeOf(file) === null;
  const held = reads.map((read) => ({ ...read, variable: hasGuards ? storedIn(text, read.offset) : null }));
  const guarded = isBundle
    ? guardsOfBundle(file)
    : guardedNames(file, hasGuards ? javaScriptGuards(file) : [], held, nameInJavaScript);
  return reads.map((read) => ({
    name: read.name,
    evidence: evidenceOf('SOURCE_CODE', path, file.lineAt(read.offset), isBundle ? IN_BUNDLE : null),
    ...usage(text, read),
    ...read.extra,
    ...guarded.get(read.name),
  }));
}

/** `A_B` and `A` of `A_B_C`. */
function beginningsOf(name: string): string[] {
  const found: string[] = [];
  for (let at = name.indexOf('_'); at !== -1; at = name.indexOf('_', at + 1)) found.push(name.slice(0, at));
  return found;
}

/** The needs that syntax proves, and the way on which a start comes by. */
function needsIn(files: readonly CodeFile[], constants: ReadonlyMap<string, string>, entry: string | undefined) {
  const trees = files.flatMap((file) => treeOf(file) ?? []);
  return [
    ...provenNeeds(trees, createHeldVariables(trees, constants), startPathOf(trees, entry)),
    ...variablesOfRows(trees),
    ...variablesOfTables(trees),
  ];
}

/**
 * Environment reads in JavaScript and TypeScript, through schemas and settings frameworks too. `entry` is the file
 * that a start runs.
 */
export function detectJavaScriptEnv(files: readonly CodeFile[], entry?: string): EnvFinding[] {
  const constants = constantsOf(files);
  const reads = files.map((file) =>
    [...readsOf(file, constants), ...messagesIn(file)].filter(
      ({ name }) => ENV_NAME.test(name) || LOWER_CASE_NAME.test(name),
    ),
  );
  // a constant in an error message is a variable only where some file reads it too, or the message says so
  const known = new Set(reads.flat().flatMap(({ name, isMessage }) => (isMessage ? [] : [name])));
  const read = new Set(reads.flat().flatMap(({ name, extra }) => (extra?.requirement === 'LAZY' ? [] : [name])));
  // a message may call a variable by the beginning of its name
  const beginnings = new Set([...read].flatMap(beginningsOf));
  const isShortened = (name: string) => !read.has(name) && beginnings.has(name);
  // a schema that is held against the environment reads in every mode
  const inSchemas = detectJavaScriptSchemas(files);
  const ofSchemas = new Set(inSchemas.map(({ name }) => name));
  return [
    ...files.flatMap((file, at) =>
      findingsIn(
        file,
        (reads[at] ?? []).filter(({ name }) => known.has(name) && !isShortened(name)),
      ),
    ),
    ...needsIn(files, constants, entry).filter(({ name, isOfOtherMode }) => !isOfOtherMode || !ofSchemas.has(name)),
    ...inSchemas,
  ];
}
