import type { ArgumentFinding } from './finding.ts';
import { ENV_NAME, type EnvFinding, evidenceOf, isPlaceholder } from './finding.ts';
import { asVariable } from './merge-arguments.ts';
import { flagValues, type OwnLaunch } from './readme/launch-arguments.ts';
import { isSecretName, isTransportVariable } from './variable-kinds.ts';

/** Variables that a launch sets. Those of a container stand among its arguments. */
export const variablesOf = ({ launch, target }: OwnLaunch): string[] =>
  [...new Set([...Object.keys(launch.env), ...(target.kind === 'oci' ? target.env : [])])].filter((name) =>
    ENV_NAME.test(name),
  );

/** Variables that launches set for the server; `read` are the names that its code reads. */
export function envOfLaunches(launches: readonly OwnLaunch[], read: ReadonlySet<string>): EnvFinding[] {
  return launches.flatMap((found) => {
    const { launch, target, file, line, headings } = found;
    // a name in lower case is one of the server where its code reads it
    const inLowerCase = Object.keys(launch.env).filter((name) => !ENV_NAME.test(name) && read.has(name));
    return [...variablesOf(found), ...inLowerCase]
      .filter((name) => !(target.kind === 'oci' && isTransportVariable(name)))
      .map((name): EnvFinding => {
        const value = launch.env[name];
        return {
          name,
          evidence: evidenceOf('README', file, line, headings.at(-1) ?? null),
          inLaunch: true,
          ...(value ? { example: value } : {}),
        };
      });
  });
}

/** A launch as a client's settings hold it; a bare command in prose is often another mode of the program. */
export const isConfiguration = ({ launch, target }: OwnLaunch): boolean =>
  launch.name !== null || Object.keys(launch.env).length > 0 || (target.kind === 'oci' && target.env.length > 0);

/** `Option 1: …`, `Method B`, `Alternative: …`: documents that show one way after the other. */
const WAY = /^\W{0,9}(?:(?:option|method|way|variant|approach)\s{0,3}(?:\d{1,2}|[A-D])\b|alternative)/i;
const WAYS_MAX = 5;

/** Configurations below headings that number the ways, each with one variable that stands for its way. */
export function waysOfLaunches(launches: readonly OwnLaunch[]): EnvFinding[] {
  const byWay = Map.groupBy(
    launches.filter((found) => variablesOf(found).length > 0),
    ({ file, headings }) => {
      const way = headings.findLast((heading) => WAY.test(heading));
      return way === undefined ? null : `${file} ${way}`;
    },
  );
  byWay.delete(null);
  const ways = [...byWay.values()].flatMap(([first]) => (first ? [first] : []));
  const names = ways.map((found) => {
    const all = variablesOf(found);
    const secrets = all.filter(isSecretName);
    return secrets.length === 1 ? secrets[0] : all.length === 1 ? all[0] : undefined;
  });
  const known = [...new Set(names.flatMap((name) => name ?? []))].sort();
  if (known.length < 2 || known.length > WAYS_MAX || names.includes(undefined)) return [];
  return ways.flatMap((found, at) => {
    const name = names[at];
    const evidence = evidenceOf('README', found.file, found.line, found.headings.at(-1) ?? null);
    return name ? [{ name, evidence, requirement: 'LAZY' as const, alternatives: known }] : [];
  });
}

/**
 * Two configurations of one server that differ in the one secret they set: either will do. A configuration that adds
 * secrets to those of another shows a further feature, and no other way.
 */
export function alternativesOfLaunches(launches: readonly OwnLaunch[]): EnvFinding[] {
  const all = launches.filter(isConfiguration).map((found) => ({
    found,
    secrets: variablesOf(found).filter(isSecretName),
  }));
  const sets = all.filter(
    ({ secrets }) =>
      !all.some(
        (other) =>
          other.secrets.length > 0 &&
          other.secrets.length < secrets.length &&
          other.secrets.every((name) => secrets.includes(name)),
      ),
  );
  const names = [...new Set(sets.flatMap(({ secrets }) => secrets))].sort();
  if (names.length < 2 || names.length > 3 || !sets.every(({ secrets }) => secrets.length === 1)) return [];
  return sets.flatMap(({ found, secrets: [name] }) =>
    name
      ? [
          {
            name,
            evidence: evidenceOf('README', found.file, found.line, 'each configuration sets one of several'),
            requirement: 'LAZY' as const,
            alternatives: names,
          },
        ]
      : [],
  );
}

/** The address, the account or the project that a key belongs to. */
const HOME_OF_KEY =
  /(?:^|_)(?:HOST|URL|DOMAIN|SITE|SUBDOMAIN|INSTANCE|ENDPOINT|EMAIL|USER|USERNAME|(?:PROJECT|ACCOUNT|TEAM|ORG|ORGANI[SZ]ATION|TENANT|WORKSPACE)_ID)$/;

/** Where every launch that sets a key leaves an address beside it to be filled in, one is of no use without the other. */
export function companionsInLaunches(launches: readonly OwnLaunch[]): EnvFinding[] {
  const sets = launches.filter(isConfiguration);
  const keys = new Set(sets.flatMap(variablesOf).filter(isSecretName));
  return [...keys].flatMap((key) => {
    const withKey = sets.filter((found) => variablesOf(found).includes(key));
    const [first] = withKey;
    return (first ? variablesOf(first) : []).flatMap((name): EnvFinding[] =>
      first && HOME_OF_KEY.test(name) && withKey.every(({ launch }) => isPlaceholder(launch.env[name] ?? 'none'))
        ? [{ name, evidence: evidenceOf('README', first.file, first.line), companionOf: key }]
        : [],
    );
  });
}

/** Variables of the same settings as flags that launches give, such as `-a <your_app_id>` for APP_ID. */
export function variablesOfLaunchedFlags(
  launches: readonly OwnLaunch[],
  declared: readonly ArgumentFinding[],
  read: ReadonlySet<string>,
): EnvFinding[] {
  return launches.filter(isConfiguration).flatMap((found) =>
    flagValues(found).flatMap(({ flag, value }): EnvFinding[] => {
      const option = declared.find((one) => one.flag === flag || one.aliases?.includes(flag));
      const name = option?.variable ?? asVariable((option?.flag ?? flag).replace(/^-+/, ''));
      if (!read.has(name) || !isPlaceholder(value)) return [];
      const evidence = evidenceOf('README', found.file, found.line, `as the flag ${flag}`);
      return [{ name, evidence, inLaunch: true, example: value }];
    }),
  );
}
