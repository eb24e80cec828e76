import type { EnvFinding } from '../finding.ts';
import type { CodeFile } from './code-file.ts';
import type { Need } from './needs.ts';

/** An `if` behind which the program ends or throws, and what that proves. */
export type Guard = {
  offset: number;
  needs: readonly Need[];
  requirement: 'HARD' | 'LAZY';
  /** The condition itself reads the environment. */
  readsEnvironment: boolean;
};

/** A read of the environment and the variable of the program that holds what was read. */
export type HeldRead = { name: string; offset: number; variable: string | null };

/** A local name such as `secret` is guarded near its read; only a constant of the whole file may be guarded anywhere. */
const NEAR_CHARACTERS = 1_500;
/** A name that is read more often than that is as good as known after these. */
const READS_OF_ONE_MAX = 20;

export const isTopLevel = (text: string, offset: number): boolean => {
  const lineStart = text.lastIndexOf('\n', offset) + 1;
  return lineStart === offset || /\S/.test(text[lineStart] ?? '');
};

/**
 * For each variable of the environment what guards prove of it: a need, and the names that can stand in for it.
 * `nameIn` gives the variable that an operand reads itself.
 */
export function guardedNames(
  file: CodeFile,
  guards: Iterable<Guard>,
  reads: readonly HeldRead[],
  nameIn: (operand: string) => string | null,
): Map<string, Partial<EnvFinding>> {
  const byVariable = new Map<string, (HeldRead & { isTopLevel: boolean })[]>();
  for (const read of reads) {
    if (read.variable === null) continue;
    const known = byVariable.get(read.variable) ?? [];
    if (known.length < READS_OF_ONE_MAX) known.push({ ...read, isTopLevel: isTopLevel(file.text, read.offset) });
    byVariable.set(read.variable, known);
  }
  const namesOf = (operand: string, guard: Guard): string[] | null => {
    const own = nameIn(operand);
    if (own !== null) return [own];
    const held = (byVariable.get(operand) ?? []).filter(
      (read) =>
        read.isTopLevel ||
        guard.readsEnvironment ||
        (guard.offset > read.offset && guard.offset < read.offset + NEAR_CHARACTERS),
    );
    return held.length > 0 ? held.map(({ name }) => name) : null;
  };

  const found = new Map<string, Partial<EnvFinding>>();
  for (const guard of guards) {
    for (const need of guard.needs) {
      const names = need.map((operand) => namesOf(operand, guard));
      if (names.some((one) => one === null)) continue;
      const alternatives = [...new Set(names.flatMap((one) => one ?? []))];
      for (const name of alternatives) {
        if (found.has(name)) continue;
        found.set(name, {
          requirement: guard.requirement,
          ...(alternatives.length > 1 ? { alternatives } : {}),
        });
      }
    }
  }
  return found;
}
