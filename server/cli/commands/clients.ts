import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connect } from '../connection.ts';
import { CliFailure, usage } from '../failure.ts';
import { findDeployment } from '../find-deployment.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { table } from '../layout.ts';
import {
  CREATE_MACHINE_CLIENT,
  LIST_MACHINE_CLIENTS,
  type MachineClient,
  REVOKE_MACHINE_CLIENT,
} from '../operations/clients.ts';
import { endAfter } from '../option-values.ts';
import { oneLine } from '../printable.ts';
import { printJson, type Shell } from '../shell.ts';

export type ClientsOptions = {
  create?: string;
  publicKey?: string;
  identityAssertions?: boolean;
  days?: number;
  view?: string;
  revoke?: string;
};

/** Lists the machine clients of a deployment, creates one and prints its secret once, or revokes one. */
export async function clients(shell: Shell, word: string, options: ClientsOptions): Promise<void> {
  const { create, publicKey, identityAssertions, days, view, revoke } = options;
  if (create !== undefined && revoke !== undefined) throw usage('Use either --create or --revoke.');
  if (create === undefined && (publicKey ?? identityAssertions ?? days ?? view) !== undefined) {
    throw usage('--public-key, --identity-assertions, --days and --view describe a new client: name it with --create.');
  }
  const api = await connect(shell);
  const { databaseId: deploymentId, endpointUrl } = await findDeployment(api, word);
  if (revoke !== undefined) return revokeOne(shell, api, deploymentId, revoke);
  if (create === undefined) return printClients(shell, await api.ask(LIST_MACHINE_CLIENTS, { deploymentId }));

  const { secret, machineClient } = await api.ask(CREATE_MACHINE_CLIENT, {
    input: {
      deploymentId,
      name: create,
      grant: identityAssertions ? 'IDENTITY_ASSERTION' : 'CLIENT_CREDENTIALS',
      publicKey: publicKey === undefined ? null : await readKey(publicKey, shell.cwd),
      expiresAt: endAfter(days),
      view: view ?? null,
    },
  });
  // A client of a view may call the address of the view, and no other.
  const address = machineClient.view?.url ?? endpointUrl;
  if (shell.json) return printJson(shell, { ...machineClient, secret, endpointUrl: address });
  const { out } = shell.terminal;
  out.line(`endpoint       ${oneLine(address)}`);
  out.line(`client_id      ${oneLine(machineClient.clientId)}`);
  if (secret === null) return;
  out.line(`client_secret  ${oneLine(secret)}`);
  out.line('The secret is shown only now.');
}

async function revokeOne(shell: Shell, api: GraphqlClient, deploymentId: string, word: string): Promise<void> {
  const all = await api.ask(LIST_MACHINE_CLIENTS, { deploymentId });
  const found = all.filter(({ clientId, name }) => clientId === word || name === word);
  const [client, ...others] = found;
  if (!client) throw new CliFailure('NOT_FOUND', `The deployment has no machine client “${oneLine(word)}”.`);
  if (others.length > 0) {
    const ids = found.map(({ clientId }) => clientId).join(', ');
    throw usage(`${found.length} clients are called “${oneLine(word)}”.`, `Name one by its client_id: ${ids}`);
  }
  const revoked = await api.ask(REVOKE_MACHINE_CLIENT, { id: client.clientId });
  if (shell.json) return printJson(shell, revoked);
  shell.terminal.out.line(`${oneLine(revoked.name)} is revoked, with its tokens.`);
}

/** The path is relative to the folder of the caller. */
async function readKey(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new CliFailure('INVALID_INPUT', 'The public key cannot be read.', {
      hint: 'Give the path of a PEM or JWK file: --public-key ./key.pem',
      cause,
    });
  }
}

function printClients(shell: Shell, all: readonly MachineClient[]): void {
  if (shell.json) {
    printJson(shell, all);
    return;
  }
  const { out } = shell.terminal;
  if (all.length === 0) {
    out.line('No machine clients yet. --create NAME makes one.');
    return;
  }
  const rows = all.map(({ clientId, name, grant, signs, view, lastUsedAt, expiresAt }) => [
    clientId,
    oneLine(name),
    grant.toLowerCase().replaceAll('_', ' '),
    signs ? 'key' : 'secret',
    view === null ? '' : oneLine(view.name),
    lastUsedAt ?? 'never used',
    expiresAt ?? '',
  ]);
  const head = ['CLIENT ID', 'NAME', 'GRANT', 'PROOF', 'VIEW', 'LAST USED', 'EXPIRES'];
  const [first = '', ...lines] = table([head, ...rows], out.columns());
  out.line(out.paint('dim', first));
  for (const line of lines) out.line(line);
}
