import type { CredentialField } from '../result.ts';
import type { EnvFinding } from './finding.ts';

/** A choice among more settings than these is a table of settings. */
const GROUP_MAX = 8;

/** Names of which one must be set. */
type Choice = readonly string[];

/**
 * Joins alternatives that share a name: a key, or an address together with a password, is proven as "key or address"
 * and "key or password".
 */
function groupsAmong(findings: readonly EnvFinding[]): Map<string, ReadonlySet<string>> {
  const groupOf = new Map<string, Set<string>>();
  for (const { alternatives = [] } of findings) {
    if (alternatives.length < 2) continue;
    const joined = new Set(alternatives.flatMap((name) => [name, ...(groupOf.get(name) ?? [])]));
    if (joined.size > GROUP_MAX) continue;
    for (const name of joined) groupOf.set(name, joined);
  }
  return groupOf;
}

/** The choices that code proves, each once; one that contains another says nothing more. */
function choicesAmong(members: ReadonlySet<string>, findings: readonly EnvFinding[]): Choice[] {
  const proven = findings.flatMap(({ alternatives = [], evidence, requirement }) =>
    evidence.kind === 'SOURCE_CODE' &&
    requirement === 'HARD' &&
    alternatives.length > 1 &&
    alternatives.every((name) => members.has(name))
      ? [alternatives.toSorted()]
      : [],
  );
  const once = [...new Map(proven.map((names) => [names.join('|'), names])).values()];
  return once.filter((names) => !once.some((other) => other !== names && other.every((name) => names.includes(name))));
}

/** The smallest sets of names that meet every choice. */
function waysThrough(names: readonly string[], choices: readonly Choice[]): Choice[] {
  const ways: Choice[] = [];
  const sets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, at) => (bits >> at) & 1));
  for (const set of sets.toSorted((a, b) => a.length - b.length)) {
    const isEnough = choices.every((choice) => choice.some((name) => set.includes(name)));
    if (isEnough && !ways.some((way) => way.every((name) => set.includes(name)))) ways.push(set);
  }
  return ways;
}

/** The names that a way through the group needs together, by each of its names; empty where the ways overlap. */
function togetherIn(members: ReadonlySet<string>, findings: readonly EnvFinding[]): Map<string, readonly string[]> {
  const choices = choicesAmong(members, findings);
  if (choices.length < 2) return new Map();
  const ways = waysThrough([...members], choices);
  const used = ways.flat();
  if (new Set(used).size !== used.length || used.length !== members.size) return new Map();
  return new Map(ways.flatMap((way) => way.map((name) => [name, way.filter((other) => other !== name)] as const)));
}

/** Marks names that can stand in for each other, as code says it (`!a && !b` ends the program), and names that belong together. */
export function withGroups(fields: CredentialField[], findings: readonly EnvFinding[]): CredentialField[] {
  const groupOf = groupsAmong(findings);
  const known = new Map(fields.map((field) => [field.name, field]));
  return fields.map((field) => {
    const names = groupOf.get(field.name) ?? new Set<string>();
    const members = [...names].flatMap((name) => known.get(name) ?? []);
    if (members.length < 2) return field;
    // one of them will do, so what one of them needs is what the group needs
    const requirement =
      (['HARD', 'LAZY'] as const).find((one) => members.some((member) => member.requirement === one)) ?? 'OPTIONAL';
    const group = members
      .map(({ name }) => name)
      .toSorted()
      .join('|');
    const together = togetherIn(new Set(members.map(({ name }) => name)), findings).get(field.name) ?? [];
    return {
      ...field,
      group,
      ...(together.length > 0 ? { together: [...together] } : {}),
      requirement,
      required: requirement === 'HARD',
      advanced: false,
    };
  });
}
