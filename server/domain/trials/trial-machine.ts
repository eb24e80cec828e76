import { randomBytes } from 'node:crypto';
import { machineAddress } from '#deploy/address.ts';
import type { HostStatus, StartAttempt } from '#deploy/host/contract.ts';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { HostClient, HostTarget } from '#deploy/host-client.ts';
import { buildMachineConfig, METADATA_KEYS } from '#deploy/machine-config.ts';
import type { Fleet } from '../deployments/reconcile/fleet.ts';
import { UserError } from '../errors.ts';
import { getProcessor } from '../processors.ts';
import { attemptReportSchema, type Report } from './trial.ts';

const POLL_MS = 150;
/** From the create call to the first answer of the host. */
const START_MS_MAX = 120_000;
const INSTALL_MS_MAX = 300_000;
const DESTROY_MS_MAX = 30_000;

export type TrialMachineDeps = {
  fleet: Fleet;
  host: HostClient;
  installationId: string;
  trialId: string;
  region: string;
  memoryMb: number;
  /** Fly's name of the processor. */
  processor: string;
  /** Waits; rejects with the reason of the signal. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Names the machine of a trial; the API refuses a second one of this name. */
export const trialMachineName = (trialId: string): string => `cw-trial-${trialId}`;

export const trialMetadata = (installationId: string, trialId: string): Record<string, string> => ({
  [METADATA_KEYS.installation]: installationId,
  [METADATA_KEYS.trial]: trialId,
});

/** A machine whose host has installed the package, and starts it when asked to. */
export type TrialMachine = {
  /** Processor time of the installation in milliseconds; null where it was copied, or could not be measured. */
  installMs: number | null;
  start(request: StartAttempt, signal: AbortSignal): Promise<Report>;
};

/** Creates the machine of a trial and waits until its package is installed. Throws UserError with the reason. */
export async function openTrialMachine(
  deps: TrialMachineDeps,
  spec: PackageSpec,
  callbacks: { onCreated: (machineId: string) => Promise<void>; onInstalling: () => Promise<void> },
  signal: AbortSignal,
): Promise<TrialMachine> {
  const { fleet, host, memoryMb } = deps;
  const { kind, cpus } = getProcessor(deps.processor);
  const token = randomBytes(32).toString('base64url');
  const mode = fleet.addressModeOf(fleet.app);
  const config = buildMachineConfig({
    image: fleet.image,
    hostConfig: {
      ...{ token, package: spec, args: [], env: {}, isolation: 'SHARED', trial: true },
      ...(spec.runtime === 'oci' ? { registries: fleet.registriesFor(spec.image) } : {}),
    },
    metadata: trialMetadata(deps.installationId, deps.trialId),
    memoryMb,
    cpuKind: kind,
    cpus,
    reach: mode.kind,
  });
  const name = trialMachineName(deps.trialId);
  const starting = AbortSignal.any([signal, AbortSignal.timeout(START_MS_MAX)]);
  const created = await fleet.machines.create(fleet.app, { name, region: deps.region, config }, { signal: starting });
  await callbacks.onCreated(created.id);

  const target = await until(deps, starting, 'The machine did not start in time.', async () => {
    const machine = await fleet.machines.get(fleet.app, created.id, { signal: starting });
    const address = machine.state === 'started' ? machineAddress(machine, mode) : null;
    if (address === null) return null;
    const found: HostTarget = { ...address, token };
    await host.status(found, starting);
    return found;
  });
  await callbacks.onInstalling();
  const installing = AbortSignal.any([signal, AbortSignal.timeout(INSTALL_MS_MAX)]);
  const status = await until(deps, installing, 'The installation took too long.', async () => {
    const seen = await host.status(target, installing);
    return seen.phase === 'INSTALLING' ? null : installed(seen);
  });
  return {
    installMs: status.install?.cached === false ? (status.install.processorMs ?? null) : null,
    start: async (request, limit) => attemptReportSchema.parse(await host.attempt(target, request, limit)),
  };
}

const installed = (status: HostStatus): HostStatus => {
  const { phase, lastError } = status;
  if (phase !== 'FAILED' && phase !== 'STOPPING') return status;
  throw new UserError(
    lastError?.code ?? 'INSTALL_FAILED',
    lastError?.message ?? 'The package could not be installed.',
    {
      hint: lastError?.hint ?? 'Try again.',
      retryable: lastError?.retryable ?? true,
    },
  );
};

/** Asks again until there is something; errors on the way are outages of a machine that comes up. */
async function until<T>(
  { pause }: Pick<TrialMachineDeps, 'pause'>,
  signal: AbortSignal,
  tooLong: string,
  look: () => Promise<T | null>,
): Promise<T> {
  for (;;) {
    const found = await look().catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      return null;
    });
    if (found !== null) return found;
    try {
      await pause(POLL_MS, signal);
    } catch (cause) {
      throw new UserError('MACHINE_START_TIMEOUT', tooLong, { hint: 'Try again.', retryable: true, cause });
    }
  }
}

/** For so long after a create a list without the machine proves nothing: not every part of Fly knows it (flyctl#4618). */
export const TRIAL_SETTLE_MS = 60_000;

export type LeftOfTrial = {
  app: string;
  /** The machine that the create call answered; null without an answer. */
  machineId: string | null;
  /** The last create call is longer ago than TRIAL_SETTLE_MS. */
  isSettled: boolean;
};

/**
 * Deletes every machine of a trial, also one whose create call was never answered. Resolves to true once none is left,
 * and to false if one still exists at the time limit, or may still come to light.
 */
export async function destroyTrialMachines(
  { fleet, installationId, trialId, pause }: Pick<TrialMachineDeps, 'fleet' | 'installationId' | 'trialId' | 'pause'>,
  { app, machineId, isSettled }: LeftOfTrial,
  signal: AbortSignal = AbortSignal.timeout(DESTROY_MS_MAX),
): Promise<boolean> {
  const metadata = trialMetadata(installationId, trialId);
  let isProven = isSettled;
  const remove = async (id: string) => {
    const { accepted } = await fleet.machines.delete(app, id, { force: true, signal });
    isProven ||= accepted;
  };
  for (;;) {
    const listed = await fleet.machines.list(app, { metadata, summary: true }, { signal });
    const left = listed.filter(({ state }) => state !== 'destroyed' && state !== 'replaced');
    if (left.length === 0) {
      if (isProven) return true;
      if (machineId === null) return false;
      await remove(machineId);
    }
    for (const { id, state } of left) if (state !== 'destroying') await remove(id);
    const waited = await pause(POLL_MS, signal).then(
      () => true,
      () => false, // the time is over
    );
    if (!waited) return false;
  }
}
