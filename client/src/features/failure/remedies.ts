import { hasFailed, type Status } from '../status/status.ts';

/** An action against a failure that takes one click. */
export type Remedy =
  | { kind: 'connect' }
  | { kind: 'credentials'; variables: readonly string[] }
  | { kind: 'memory'; memoryMb: number }
  | { kind: 'processor'; processor: string }
  | { kind: 'region'; region: string }
  | { kind: 'arguments' }
  | { kind: 'keys' }
  | { kind: 'analyze' }
  | { kind: 'rollback' }
  | { kind: 'restart' }
  | { kind: 'retry' };

type Failed = {
  code: string;
  variables: readonly string[];
  proposal?: { memoryMb?: number | null; processor?: string | null; regions: readonly string[] } | null;
};

/** Failures that a missing or wrong argument often causes. */
const ARGUMENTS_HELP = new Set([
  'NO_BIN',
  'MISSING_ARGUMENT',
  'NO_HANDSHAKE',
  'SERVER_ERROR',
  'EXITED_AT_START',
  'HANDSHAKE_TIMEOUT',
  'CRASH_LOOP',
]);
/** Failures that the package or its settings cause: a release that was live before does not have them. */
const OLDER_RELEASE_HELPS = new Set([
  'PACKAGE_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'INTEGRITY_MISMATCH',
  'INSTALL_FAILED',
  'ENGINE_MISMATCH',
  'NATIVE_BUILD_FAILED',
  'NO_BIN',
  'MISSING_CREDENTIAL',
  'MISSING_ARGUMENT',
  'EXITED_AT_START',
  'NO_HANDSHAKE',
  'SERVER_ERROR',
  'HANDSHAKE_TIMEOUT',
  'CRASHED',
  'CRASH_LOOP',
  'OUT_OF_MEMORY',
]);

/**
 * Returns the remedies, the likeliest first. While an older release serves beside a failed one, there is nothing to roll
 * back.
 *
 * @param canRollBack an older release was live before
 */
export function remediesOf(failure: Failed, status: Status, canRollBack: boolean): Remedy[] {
  const { code, variables, proposal } = failure;
  const isDown = hasFailed(status);
  const remedies: Remedy[] = [];
  if (code === 'SIGN_IN_REQUIRED') remedies.push({ kind: 'connect' });
  if (code === 'MISSING_CREDENTIAL' || code === 'SERVER_ERROR' || variables.length > 0)
    remedies.push({ kind: 'credentials', variables });
  if (proposal?.memoryMb) remedies.push({ kind: 'memory', memoryMb: proposal.memoryMb });
  if (proposal?.processor) remedies.push({ kind: 'processor', processor: proposal.processor });
  if (code === 'FLY_CAPACITY') remedies.push(...regionsOf(failure));
  if (code === 'FLY_UNAUTHORIZED') remedies.push({ kind: 'keys' });
  if (code === 'INTEGRITY_MISMATCH') remedies.push({ kind: 'analyze' });
  if (canRollBack && isDown && OLDER_RELEASE_HELPS.has(code)) remedies.push({ kind: 'rollback' });
  if (ARGUMENTS_HELP.has(code) && variables.length === 0) remedies.push({ kind: 'arguments' });
  // A server that does not respond keeps its release: a new release would start with an empty disk.
  remedies.push({ kind: status === 'UNHEALTHY' ? 'restart' : 'retry' });
  if (code !== 'FLY_CAPACITY') remedies.push(...regionsOf(failure));
  return remedies;
}

const regionsOf = ({ proposal }: Failed): Remedy[] =>
  (proposal?.regions ?? []).map((region) => ({ kind: 'region', region }));
