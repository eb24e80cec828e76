import {
  isCapacity,
  isImageNotFound,
  isRateLimited,
  isRetryable,
  isUnauthorized,
  type MachinesError,
} from '#deploy/fly/errors.ts';
import type { HostFailure, HostStatus } from '#deploy/host/contract.ts';
import type { Release } from '#prisma/generated/client/client.ts';
import type { ErrorCode } from '#server/domain/errors.ts';
import type { DeploymentFailure } from '../rows/failure.ts';
import { isFlyRegion, proposeMemory, proposeRegions } from './proposals.ts';
import { processorInstead } from './throttling.ts';

type Explanation = { message: string; hint: string | null; retryable: boolean };

/** The explanation of each code when nothing more precise is known. */
const EXPLANATIONS: Partial<Record<ErrorCode, Explanation>> = {
  MACHINE_UNREACHABLE: {
    message: 'The machine runs, but its host does not answer.',
    hint: 'Try again. If it keeps happening, see the last lines of the log.',
    retryable: true,
  },
  MACHINE_START_TIMEOUT: {
    message: 'The machine did not start in time.',
    hint: 'Try again, or choose another region.',
    retryable: true,
  },
  MACHINE_LOST: { message: 'The machine no longer exists.', hint: 'Catwalk creates a new one.', retryable: true },
  CRASH_LOOP: {
    message: 'The server keeps ending.',
    hint: 'See the last lines of its log. Roll back, or change its credentials or arguments, then start it again.',
    retryable: true,
  },
  OUT_OF_MEMORY: {
    message: 'The server needs more memory than its machine has.',
    hint: 'Choose the next size.',
    retryable: false,
  },
  HANDSHAKE_TIMEOUT: {
    message: 'The server started but did not answer the handshake in time.',
    hint: 'See its log: the server may be waiting for a service that it cannot reach.',
    retryable: true,
  },
  NO_HANDSHAKE: {
    message: 'The program started, but it does not speak MCP over stdio.',
    hint: 'Check that the package is an MCP server, and whether it needs an argument to use stdio.',
    retryable: false,
  },
  INSTALL_FAILED: {
    message: 'The package could not be installed.',
    hint: 'See the last lines of the installation log.',
    retryable: true,
  },
};

const FALLBACK: Explanation = {
  message: 'Something inside Catwalk failed.',
  hint: 'Try again. If it keeps happening, the administrator can find the cause in the log.',
  retryable: true,
};

/** The release that failed: a proposal starts from its size and region. */
export type FailureContext = {
  release: Pick<Release, 'memoryMb' | 'processor' | 'region'> | null;
  /** Tells whether the processor was throttled. */
  host?: HostStatus | null;
};

export function failureOf(
  code: ErrorCode,
  detail: string | null,
  host: HostFailure | null,
  now: Date,
  about: FailureContext = { release: null },
): DeploymentFailure {
  const known = EXPLANATIONS[code] ?? FALLBACK;
  return propose(
    {
      code,
      message: detail ?? known.message,
      hint: known.hint,
      retryable: known.retryable,
      occurredAt: now.toISOString(),
      stderrTail: host?.stderrTail ?? [],
    },
    about,
  );
}

/** Failures of a server or an installation that was not quick enough. */
const SLOWNESS_CAUSES: ReadonlySet<ErrorCode> = new Set(['INSTALL_FAILED', 'HANDSHAKE_TIMEOUT', 'NO_HANDSHAKE']);

/** Adds the next size, a faster processor or other regions, which clients apply with one click. */
function propose(failure: DeploymentFailure, { release, host }: FailureContext): DeploymentFailure {
  if (!release) return failure;
  const faster = SLOWNESS_CAUSES.has(failure.code) ? processorInstead(host, release) : null;
  if (faster !== null) {
    const hint = `The processor of the machine was throttled: ${release.processor} is too slow for this server. Choose ${faster}.`;
    return { ...failure, hint, proposal: { processor: faster } };
  }
  if (failure.code === 'OUT_OF_MEMORY') {
    const memoryMb = proposeMemory(release.memoryMb);
    return memoryMb === null
      ? {
          ...failure,
          hint: `The machine has ${release.memoryMb} MB, the largest size. Reduce the memory that the server uses.`,
        }
      : { ...failure, hint: `The machine has ${release.memoryMb} MB. Choose ${memoryMb} MB.`, proposal: { memoryMb } };
  }
  if (failure.code === 'FLY_CAPACITY') {
    const regions = proposeRegions(release.region);
    const hint = `${release.region} has no capacity at the moment. Choose ${regions.join(', ')}, or try again later.`;
    return { ...failure, hint, proposal: { regions } };
  }
  if (failure.code === 'MACHINE_START_TIMEOUT' && isFlyRegion(release.region)) {
    return { ...failure, proposal: { regions: proposeRegions(release.region) } };
  }
  return failure;
}

/** Takes the host's failure over as it is: the host has the best information. */
export const fromHostFailure = (failure: HostFailure, about: FailureContext = { release: null }): DeploymentFailure =>
  propose(
    {
      code: failure.code,
      message: failure.message,
      hint: failure.hint ?? null,
      retryable: failure.retryable,
      occurredAt: failure.at,
      stderrTail: failure.stderrTail,
      ...(failure.variables ? { variables: failure.variables } : {}),
      ...(failure.needs?.length ? { needs: failure.needs } : {}),
      ...(failure.modes?.length ? { modes: failure.modes } : {}),
      ...(failure.exitCode == null ? {} : { exitCode: failure.exitCode }),
      ...(failure.signal == null ? {} : { signal: failure.signal }),
    },
    about,
  );

/** Explains a Machines API error to the owner; null when the same call is tried again. */
export function fromMachinesError(
  error: MachinesError,
  attempts: number,
  now: Date,
  about: FailureContext = { release: null },
): DeploymentFailure | null {
  const code = codeOf(error, attempts);
  if (code === null) return null;
  const { message, hint } = error;
  const occurredAt = now.toISOString();
  return propose({ code, message, hint, retryable: isRetryable(error), occurredAt, stderrTail: [] }, about);
}

const ATTEMPTS_MAX = 8;
const IMAGE_ATTEMPTS_MAX = 5;

function codeOf(error: MachinesError, attempts: number): ErrorCode | null {
  if (isUnauthorized(error)) return 'FLY_UNAUTHORIZED';
  if (isCapacity(error)) return attempts >= 2 ? 'FLY_CAPACITY' : null;
  // An image that was pushed a moment ago may be unknown where the machine is placed.
  if (isImageNotFound(error)) return attempts >= IMAGE_ATTEMPTS_MAX ? 'IMAGE_NOT_FOUND' : null;
  if (isRetryable(error) && attempts < ATTEMPTS_MAX) return null;
  if (isRateLimited(error)) return 'FLY_RATE_LIMITED';
  return isRetryable(error) ? 'FLY_UNAVAILABLE' : 'FLY_REJECTED';
}
