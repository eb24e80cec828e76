import { formatHostEntry, isPrivateEntry, parseHostEntry } from '#deploy/host/egress/host-entry.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { invalidInput, UserError } from '#server/domain/errors.ts';
import type { NetworkWalls } from '../network-walls.ts';

const ENTRIES_MAX = 100;

type EgressColumns = Pick<Deployment, 'egress' | 'egressHosts'>;

const refuse = (entry: string, message: string, hint: string): never => {
  throw invalidInput(`"${entry}" cannot be listed: ${message}`, [{ field: 'egressHosts', message }], hint);
};

const checkEntry = (text: string, walls: NetworkWalls): string => {
  const entry = parseHostEntry(text);
  if (entry === null)
    return refuse(
      text,
      'This is not the name of a host.',
      'Enter api.example.com, *.example.com, an address, or one of them with a port; for this computer with a port, as localhost:5432.',
    );
  if (walls.works && !walls.mayNamePrivate && isPrivateEntry(entry))
    return refuse(
      text,
      'Several people use this computer, and its private network is closed to servers.',
      'List names and addresses of the Internet alone.',
    );
  return formatHostEntry(entry);
};

/** The requested policy and entries in their usual form. Throws INVALID_INPUT, and CONFLICT where no wall can be built. */
export function checkEgress(
  walls: NetworkWalls,
  input: { egress?: EgressColumns['egress'] | null; egressHosts?: readonly string[] | null },
  before: EgressColumns,
): EgressColumns {
  const egress = input.egress ?? before.egress;
  if (egress !== 'MACHINE' && egress !== before.egress && !walls.works)
    throw new UserError('CONFLICT', `The network of this server cannot be limited. ${walls.reason}`, {
      kind: 'conflict',
      hint: walls.hint,
    });
  if (input.egressHosts == null) return { egress, egressHosts: before.egressHosts };
  const egressHosts = [...new Set(input.egressHosts.map((text) => checkEntry(text, walls)))];
  if (egressHosts.length > ENTRIES_MAX)
    throw invalidInput(`A list has up to ${ENTRIES_MAX} hosts.`, [
      { field: 'egressHosts', message: `Remove ${egressHosts.length - ENTRIES_MAX} of them.` },
    ]);
  return { egress, egressHosts };
}
