import { canAsk, confirms } from '../ask.ts';
import { parseAssignment } from '../assignments.ts';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { DEPLOYMENT_FORM, type DeploymentForm, UPDATE_DEPLOYMENT } from '../operations/credentials.ts';
import type { IntentAnswer } from '../operations/intent.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';
import { carryOut } from './intents.ts';

export type ConfigureOptions = {
  name?: string;
  slug?: string;
  arg?: string[];
  unsetArg?: string[];
  access?: string;
  isolation?: string;
  region?: string;
  memory?: number;
  processor?: string;
  personal?: string[];
  shared?: string[];
  env?: string[];
  yes?: boolean;
};

const ACCESS = ['token', 'oauth', 'public'];

/** Changes settings of a deployment; what its machine runs with changes by a new release, which the command waits for. */
export async function configure(
  shell: Shell,
  word: string,
  options: ConfigureOptions,
  rest: readonly string[],
): Promise<void> {
  const {
    name,
    slug,
    arg = [],
    unsetArg = [],
    access,
    isolation,
    region,
    memory,
    processor,
    personal,
    shared,
  } = options;
  if (access !== undefined && !ACCESS.includes(access))
    throw usage(`“${oneLine(access)}” is not an access.`, `Use one of ${ACCESS.join(', ')}.`);
  const given = arg.map((text) => parseAssignment('--arg', text));
  const credentials = (options.env ?? []).map((text) => parseAssignment('--env', text, shell.env));
  if (credentials.length > 0 && personal === undefined && shared === undefined)
    throw usage('--env goes with --personal or --shared.', 'Other values change with catwalk credentials set.');
  const changesArguments = given.length + unsetArg.length > 0;
  const changesPersonal = personal !== undefined || shared !== undefined;
  const plain = {
    ...(name === undefined ? {} : { name }),
    ...(slug === undefined ? {} : { slug }),
    ...(access === undefined ? {} : { access: access.toUpperCase() }),
  };
  const ofRelease = {
    ...(isolation === undefined ? {} : { isolation }),
    ...(region === undefined ? {} : { region }),
    ...(memory === undefined ? {} : { memoryMb: memory }),
    ...(processor === undefined ? {} : { processor }),
    ...(rest.length === 0 ? {} : { extraArguments: rest }),
  };
  const makesRelease = Object.keys(ofRelease).length > 0 || changesArguments || changesPersonal;
  if (!makesRelease && Object.keys(plain).length === 0)
    throw usage('Name a setting to change.', 'catwalk configure --help lists the settings.');

  const send = async (client: GraphqlClient, id: string): Promise<IntentAnswer> => {
    const form = changesArguments || changesPersonal ? await client.ask(DEPLOYMENT_FORM, { id }) : null;
    const input = {
      id,
      ...plain,
      ...ofRelease,
      ...(form && changesArguments ? { arguments: argumentsOf(form, given, unsetArg) } : {}),
      ...(form && changesPersonal ? { personalFields: personalOf(form, personal, shared), credentials } : {}),
    };
    return confirmed(shell, options, (confirm) => client.ask(UPDATE_DEPLOYMENT, { input: { ...input, confirm } }));
  };
  if (makesRelease) {
    return carryOut(shell, word, {
      doing: 'Changing',
      goal: 'running',
      ask: (client, { databaseId }) => send(client, databaseId),
    });
  }
  const client = await connect(shell);
  const before = await findDeployment(client, word);
  await send(client, before.databaseId);
  const after = await findDeployment(client, before.databaseId);
  if (shell.json) return printJson(shell, after);
  shell.terminal.out.line(`${oneLine(after.name)} is changed.`);
}

/** All arguments after the change: those that are named are replaced, the others stay. */
function argumentsOf(
  { argumentValues }: DeploymentForm,
  given: readonly { name: string; value: string }[],
  unset: readonly string[],
): { name: string; value: string }[] {
  const named = new Set([...given.map(({ name }) => name), ...unset]);
  return [...argumentValues.filter(({ name }) => !named.has(name)), ...given];
}

const personalOf = ({ personalFields }: DeploymentForm, personal: string[] = [], shared: string[] = []): string[] => [
  ...new Set([...personalFields.filter((name) => !shared.includes(name)), ...personal]),
];

/** Sends a change; if it takes something from other people, again with their loss confirmed. */
async function confirmed<Answer>(
  shell: Shell,
  { yes }: Pick<ConfigureOptions, 'yes'>,
  send: (confirm: boolean) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send(yes ?? false);
  } catch (error) {
    if (!(error instanceof CliFailure) || error.code !== 'CONFIRMATION_REQUIRED') throw error;
    if (!canAsk(shell) || !(await confirms(shell, `${error.message} Go on?`)))
      throw new CliFailure(error.code, error.message, { hint: 'Run the command again with --yes to go on.' });
    return send(true);
  }
}
