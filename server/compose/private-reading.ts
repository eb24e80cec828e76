import type { PrismaClient } from '#prisma/client.ts';
import type { FlyMachines } from '../machines/fly.ts';
import { isPrivateAddresses, type PrivateAddresses, type PrivateReading } from '../machines/private-addresses.ts';

/** The only row of its table. */
const INSTALLATION = 'installation';

export type PrivateReadingDeps = {
  prisma: PrismaClient;
  /** False: apps get public addresses, whatever was found out. */
  enabled: boolean;
  log: (level: 'info' | 'warn', message: string, details: object) => void;
};

/**
 * Remembers how private addresses are asked for here, and finds it out where it is unknown: in the background, since it
 * takes a minute or two and public addresses serve until then.
 */
export async function openPrivateReading({ prisma, enabled, log }: PrivateReadingDeps) {
  const row = await prisma.installation.findUnique({ where: { id: INSTALLATION } });
  let found: PrivateAddresses | null = isPrivateAddresses(row?.privateAddresses) ? row.privateAddresses : null;
  const closing = new AbortController();
  let probing: Promise<void> | null = null;

  const probe = async (machines: FlyMachines): Promise<void> => {
    try {
      const result = await machines.probePrivateAddresses(closing.signal);
      await prisma.installation.update({ where: { id: INSTALLATION }, data: { privateAddresses: result } });
      found = result;
      log('info', result === 'none' ? NONE : FOUND, { privateAddresses: result });
    } catch (error) {
      if (!closing.signal.aborted) log('warn', 'It could not be found out whether private addresses serve.', { error });
    }
  };

  return {
    read: (): PrivateReading | null => (!enabled || found === null || found === 'none' ? null : found),
    /** Begins to find out what is unknown. */
    begin: (machines: FlyMachines): void => {
      if (enabled && found === null) probing ??= probe(machines);
    },
    close: async (): Promise<void> => {
      closing.abort(new Error('Catwalk is shutting down.'));
      await probing;
    },
  };
}

const FOUND = 'Machines of users get private addresses from now on.';
const NONE = 'Private addresses do not lead to machines from here: machines of users keep public ones.';
