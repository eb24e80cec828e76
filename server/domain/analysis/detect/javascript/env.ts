import { type FileSet, lineAt, type SourceFile } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';
import { guardOf, storedIn } from './guard.ts';
import { constantsOf, type Read, readsOf } from './reads.ts';
import { detectJavaScriptSchemas } from './schemas.ts';

const BUNDLE_BYTES = 400_000;

/** A word for people, in a line of a log. */
const NO_DEFAULT = /^\(?(?:not (?:set|provided|configured|found)|unset|undefined|none|missing|n\/a|unknown|\*+)\)?$/i;

/** What stands right behind a read: a default, a comparison. */
function usage(text: string, { offset, end }: Read): Partial<EnvFinding> {
  const after = text.slice(end, end + 120);
  const before = text.slice(Math.max(0, offset - 30), offset);
  const found: Partial<EnvFinding> = {};
  const fallback =
    /^\s*\)?\s*(?:\|\||\?\?)\s*(?:String\()?(?:(["'`])([^"'`\n]*)\1|(\d[\d_.e]*)\b(?!\s*[*+])|(true|false)\b)/.exec(
      after,
    );
  const value = fallback?.[2] ?? fallback?.[3] ?? fallback?.[4];
  if (value !== undefined && !NO_DEFAULT.test(value)) {
    if (value !== '') found.requirement = 'OPTIONAL';
    if (value !== '' && !value.includes('${')) found.default = value;
  } else if (/^\s*(?:\|\||\?\?)\s*[A-Z_a-z(`[{]/.test(after)) {
    if (!/^\s*(?:\|\||\?\?)\s*(?:process\.env|undefined|null|throw|fail|die|exit)/.test(after))
      found.requirement = 'OPTIONAL';
  }
  if (/^\s*(?:\?\.\w+\([^)]*\))?\s*[!=]==?\s*["'](?:true|false|1|0|yes|on)["']/i.test(after)) {
    found.kind = 'BOOLEAN';
    found.requirement = 'OPTIONAL';
  }
  if (/(?:parseInt|parseFloat|Number)\(\s*$/.test(before)) found.kind = 'NUMBER';
  return found;
}

function findingsIn({ text, path }: SourceFile, reads: readonly Read[]): EnvFinding[] {
  if (reads.length === 0) return [];
  const isBundle = text.length > BUNDLE_BYTES;
  const stored = new Map(
    reads.flatMap((read) => {
      const variable = storedIn(text, read.offset);
      return variable ? [[variable, read.name] as const] : [];
    }),
  );
  const guards = new Map<string, Partial<EnvFinding>>();
  return reads.map((read) => {
    // in a bundle, guards of the libraries inside look like the server's own
    const guard = isBundle ? {} : (guards.get(read.name) ?? guardOf(text, read, stored));
    guards.set(read.name, guard);
    return {
      name: read.name,
      evidence: evidenceOf(
        'SOURCE_CODE',
        path,
        lineAt(text, read.offset),
        isBundle ? 'in a bundle, perhaps read by a library' : null,
      ),
      ...usage(text, read),
      ...read.extra,
      ...guard,
    };
  });
}

/** Environment reads in JavaScript and TypeScript, through schemas and settings frameworks too. */
export function detectJavaScriptEnv(set: FileSet): EnvFinding[] {
  const files = set.files.filter(({ path }) => /\.[cm]?[jt]sx?$/i.test(path));
  const constants = constantsOf(files.map(({ text }) => text));
  const reads = files.map(({ text }) => [...readsOf(text, constants)].filter(({ name }) => ENV_NAME.test(name)));
  // a constant in an error message is a variable only where some file reads it too, or the message says so
  const known = new Set(reads.flat().flatMap(({ name, isMessage }) => (isMessage ? [] : [name])));
  return [
    ...files.flatMap((file, at) =>
      findingsIn(
        file,
        (reads[at] ?? []).filter(({ name }) => known.has(name)),
      ),
    ),
    ...detectJavaScriptSchemas(set),
  ];
}
