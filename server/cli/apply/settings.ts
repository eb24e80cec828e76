import { isDeepStrictEqual } from 'node:util';
import type { Deployed } from '../operations/manifest.ts';
import { type DeploymentSpec, isApplyTag } from './manifest.ts';
import { HIDDEN, variableOf } from './reference.ts';

/** One setting that differs, as people read it: secrets are shown by the names of their variables. */
export type Change = { field: string; before: unknown; after: unknown };

export type SettingChanges = {
  changes: Change[];
  /** Values of the `updateDeployment` mutation; they may hold secrets and are not printed. */
  input: Record<string, unknown>;
  makesRelease: boolean;
};

/** Looks up a text of the file; a variable that is not set is reported by the resolver, and the text stands in. */
export type Resolve = (text: string, field: string) => string;

export const upper = (word: string): string => word.toUpperCase().replaceAll('-', '_');
const lower = (constant: string): string => constant.toLowerCase().replaceAll('_', '-');
const sorted = (words: readonly string[]): string[] => [...new Set(words.map((word) => word.toLowerCase()))].sort();
const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  isDeepStrictEqual(sorted(one), sorted(other));

/** The settings of a deployment that differ from its file. Settings that the file leaves out are as they should be. */
export function settingChanges(spec: DeploymentSpec, now: Deployed, resolve: Resolve): SettingChanges {
  const found: SettingChanges = { changes: [], input: {}, makesRelease: false };
  const differs = (
    field: string | null,
    before: unknown,
    after: unknown,
    input: Record<string, unknown>,
    release = true,
  ) => {
    if (field !== null) found.changes.push({ field, before, after });
    Object.assign(found.input, input);
    found.makesRelease ||= release;
  };
  const simple = <Value>(field: string, before: Value, after: Value | undefined, input: object, release = true) => {
    if (after !== undefined && after !== before) differs(field, before, after, { ...input }, release);
  };
  const { access, isolation, sleep, streams } = spec;
  simple('slug', now.slug, spec.slug, { slug: spec.slug }, false);
  simple('access', lower(now.access), access, { access: upper(access ?? '') }, false);
  simple('isolation', lower(now.isolation), isolation, { isolation: upper(isolation ?? '') });
  simple('region', now.region, spec.region, { region: spec.region });
  simple('memory', now.memoryMb, spec.memory, { memoryMb: spec.memory });
  simple('processor', now.processor, spec.processor, { processor: spec.processor });
  const idle = { sleepAfterMinutes: sleep === 'off' ? null : sleep };
  simple('sleep', now.sleepAfterMinutes ?? 'off', sleep, idle, false);
  const answers = { answersWhileAsleep: streams === 'park' };
  simple('streams', now.answersWhileAsleep ? 'park' : 'hold', streams, answers, false);
  if (spec.egress) {
    const { policy, hosts } = spec.egress;
    if (lower(now.egress.policy) !== policy || !isSameSet(now.egress.hosts, hosts))
      differs('egress', { policy: lower(now.egress.policy), hosts: now.egress.hosts }, spec.egress, {
        egress: upper(policy),
        egressHosts: hosts,
      });
  }
  if (spec.tags) {
    const before = now.tags.filter((tag) => !isApplyTag(tag));
    const tags = [...spec.tags, ...now.tags.filter(isApplyTag)];
    if (!isSameSet(before, spec.tags)) differs('tags', before, spec.tags, { tags }, false);
  }
  if (spec.arguments) changedArguments(spec.arguments, now, resolve, differs);
  if (spec.extraArguments) {
    const before = now.extraArguments;
    const after = spec.extraArguments.map((word, at) => sentValue(word, before[at], `extraArguments.${at}`, resolve));
    if (!isDeepStrictEqual(before, after))
      differs('extraArguments', before, spec.extraArguments, { extraArguments: after });
  }
  if (spec.personal && !isSameSet(now.personalFields, spec.personal)) {
    const { personal, credentials = {} } = spec;
    const moved = Object.entries(credentials).filter(
      ([name]) => now.personalFields.includes(name) !== personal.includes(name),
    );
    const values = moved.map(([name, text]) => ({ name, value: resolve(text, `credentials.${name}`) }));
    differs('personal', now.personalFields, personal, { personalFields: personal, credentials: values });
  }
  return found;
}

/** Without a field the values are sent, and the change is listed elsewhere. */
type Differs = (field: string | null, before: unknown, after: unknown, input: Record<string, unknown>) => void;

/** A value that the server hides is as it should be where the file names a variable: it cannot be compared. */
const sentValue = (text: string, now: string | undefined, field: string, resolve: Resolve): string =>
  now === HIDDEN && variableOf(text) !== null ? HIDDEN : resolve(text, field);

function changedArguments(
  wanted: NonNullable<DeploymentSpec['arguments']>,
  { argumentValues }: Deployed,
  resolve: Resolve,
  differs: Differs,
): void {
  const valuesNow = (name: string) => argumentValues.filter((one) => one.name === name).map(({ value }) => value);
  const names = [...new Set([...argumentValues.map(({ name }) => name), ...Object.keys(wanted)])];
  let isChanged = false;
  const all = names.flatMap((name) => {
    const texts = [wanted[name] ?? []].flat();
    const before = valuesNow(name);
    const after = texts.map((text, at) => sentValue(text, before[at], `arguments.${name}`, resolve));
    if (!isDeepStrictEqual(before, after)) {
      isChanged = true;
      differs(`arguments.${name}`, before, texts, {});
    }
    return after.map((value) => ({ name, value }));
  });
  if (isChanged) differs(null, null, null, { arguments: all });
}

/** The credentials that the file names and the server does not have. Values that are set stay. */
export const missingCredentials = ({ credentials = {}, personal }: DeploymentSpec, now: Deployed) => {
  const own = personal ?? now.personalFields;
  const names = [...now.credentialsSet, ...now.personalFields, ...own];
  return Object.entries(credentials).filter(([name]) => !names.includes(name));
};
