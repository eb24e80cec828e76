import type { EnvFinding } from '../finding.ts';

const ENDS = /process\.exit\(|\bthrow\b/;
const GUARD_CHARACTERS_MAX = 1_500;

const escaped = (text: string): string => text.replace(/[$]/g, '\\$&');

/** The variable that a read is stored in: `const key = process.env.NAME`, `key: process.env.NAME`. */
export const storedIn = (text: string, offset: number): string | null =>
  /(?:(?:const|let|var)\s+(\w+)(?:\s*:\s*[^=\n]{1,40})?|\b(\w+))\s*=\s*\(?$/
    .exec(text.slice(Math.max(0, offset - 80), offset))
    ?.slice(1)
    .find((one) => one !== undefined) ?? null;

const isTopLevel = (text: string, offset: number): boolean =>
  /^\S/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1));

/**
 * A guard that ends the program or throws when the variable is unset. Both must be plain: a condition with other
 * parts (a mode, another way to sign in) proves nothing about the usual case, but names that only negate each other
 * (`!a && !b`) are alternatives. `stored` maps local names to the variables that they hold.
 */
export function guardOf(
  text: string,
  read: { name: string; offset: number },
  stored: ReadonlyMap<string, string>,
): Partial<EnvFinding> {
  const variable = storedIn(text, read.offset);
  const subject =
    variable && variable.length > 2
      ? `(?:${escaped(variable)}|process\\.env\\.${read.name})`
      : `process\\.env\\.${read.name}`;
  const guard = new RegExp(`\\bif\\s*\\(([^(){};]*!\\s*${subject}\\b[^(){};]*)\\)\\s*(\\{?)`, 'g');
  for (const match of text.matchAll(guard)) {
    const condition = (match[1] ?? '').trim();
    // a local name such as `secret` is guarded near its read; only a constant of the whole file may be guarded anywhere
    const isNear = match.index > read.offset && match.index < read.offset + GUARD_CHARACTERS_MAX;
    if (!isNear && !(isTopLevel(text, read.offset) || match[0].includes('process.env'))) continue;
    const start = match.index + match[0].length;
    const body = text.slice(start, start + 700);
    const closing = match[2] === '{' ? body.search(/\n\s*\}|\}/) : body.search(/;|\n/);
    const inside = body.slice(0, closing === -1 ? 300 : closing + 1);
    if (!ENDS.test(inside)) continue;
    const parts = condition.split(/\s*&&\s*/);
    const names = parts.map((part) => {
      const plain = /^!\s*(?:process\.env\.([A-Z0-9_]+)|(\w+))$/.exec(part.trim());
      return plain?.[1] ?? (plain?.[2] ? (stored.get(plain[2]) ?? null) : null);
    });
    if (names.some((name) => name === null)) continue;
    const topLevel = isTopLevel(text, match.index);
    const requirement =
      inside.includes('process.exit') || (topLevel && /\bthrow\b/.test(inside)) ? ('HARD' as const) : ('LAZY' as const);
    const alternatives = names.flatMap((name) => name ?? []);
    return { requirement, ...(alternatives.length > 1 ? { alternatives } : {}) };
  }
  return {};
}
