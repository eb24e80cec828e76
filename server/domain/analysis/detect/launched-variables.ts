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

/** Two configurations of one server that differ in the one secret they set: either will do. */
export function alternativesOfLaunches(launches: readonly OwnLaunch[]): EnvFinding[] {
  const sets = launches.filter(isConfiguration).map((found) => ({
    found,
    secrets: variablesOf(found).filter(isSecretName),
  }));
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
