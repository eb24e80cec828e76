import { parseAssignment } from '../assignments.ts';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import { printTable } from '../layout.ts';
import { type AccessToken, CREATE_TOKEN, REVOKE_TOKEN } from '../operations/credentials.ts';
import { endAfter } from '../option-values.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type TokenOptions = { days?: number; env?: string[] };

/** Creates, lists and revokes access tokens of a deployment. A token is printed once, when it is created. */
export async function token(
  shell: Shell,
  action: string,
  word: string,
  name: string | undefined,
  { days, env = [] }: TokenOptions,
): Promise<void> {
  if (!['create', 'ls', 'rm'].includes(action))
    throw usage(`“${oneLine(action)}” is not an action on tokens.`, 'Use create, ls or rm.');
  if (action !== 'create' && (days !== undefined || env.length > 0))
    throw usage('--days and --env describe a new token: use them with create.');
  if (action === 'ls' && name !== undefined) throw usage('catwalk token ls takes a deployment alone.');
  if (action !== 'ls' && name === undefined) throw usage(`Name the token to ${action === 'rm' ? 'revoke' : 'create'}.`);
  const values = env.map((text) => parseAssignment('--env', text, shell.env));
  const api = await connect(shell);
  const { databaseId: deploymentId, endpointUrl, accessTokens } = await findDeployment(api, word);
  if (action === 'ls') return print(shell, accessTokens);
  if (action === 'rm') {
    const { id } = findToken(accessTokens, name ?? '');
    const revoked = await api.ask(REVOKE_TOKEN, { id });
    if (shell.json) return printJson(shell, revoked);
    return shell.terminal.out.line(`${oneLine(revoked.name)} is revoked.`);
  }
  const made = await api.ask(CREATE_TOKEN, { input: { deploymentId, name, expiresAt: endAfter(days), values } });
  if (shell.json) return printJson(shell, { ...made.accessToken, token: made.token, endpointUrl });
  const { out } = shell.terminal;
  out.line(`endpoint  ${oneLine(endpointUrl)}`);
  out.line(`token     ${oneLine(made.token)}`);
  out.line('The token is shown only now.');
}

function findToken(all: readonly AccessToken[], word: string): AccessToken {
  const found = all.filter(({ id, name, prefix }) => [id, name, prefix].includes(word));
  const [one, ...others] = found;
  if (!one) throw new CliFailure('NOT_FOUND', `The deployment has no token “${oneLine(word)}”.`);
  if (others.length === 0) return one;
  throw usage(
    `${found.length} tokens are called “${oneLine(word)}”.`,
    `Name one by its beginning: ${found.map(({ prefix }) => prefix).join(', ')}`,
  );
}

function print(shell: Shell, all: readonly AccessToken[]): void {
  if (shell.json) {
    printJson(shell, all);
    return;
  }
  const { out } = shell.terminal;
  if (all.length === 0) {
    out.line('No tokens yet. catwalk token create ID NAME makes one.');
    return;
  }
  const rows = all.map(({ name, prefix, createdAt, lastUsedAt, expiresAt }) => [
    oneLine(name),
    oneLine(prefix),
    createdAt,
    lastUsedAt ?? 'never used',
    expiresAt ?? '',
  ]);
  printTable(out, [['NAME', 'BEGINS', 'CREATED', 'LAST USED', 'EXPIRES'], ...rows]);
}
