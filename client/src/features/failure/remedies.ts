import type { Status } from '../../ui/data/status.ts';

/** What can be done about a failure with one click. */
export type Remedy =
  | { kind: 'credentials'; variables: readonly string[] }
  | { kind: 'memory'; memoryMb: number }
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
  proposal?: { memoryMb?: number | null; regions: readonly string[] } | null;
};

/** It may only want to be told something on its command line. */
const ARGUMENTS_HELP = new Set(['NO_BIN', 'NO_HANDSHAKE', 'EXITED_AT_START', 'HANDSHAKE_TIMEOUT', 'CRASH_LOOP']);
/** What the package or its settings are to blame for: a release that served does not have it. */
const OLDER_RELEASE_HELPS = new Set([
  'PACKAGE_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'INTEGRITY_MISMATCH',
  'INSTALL_FAILED',
  'ENGINE_MISMATCH',
  'NATIVE_BUILD_FAILED',
  'NO_BIN',
  'MISSING_CREDENTIAL',
  'EXITED_AT_START',
  'NO_HANDSHAKE',
  'HANDSHAKE_TIMEOUT',
  'CRASHED',
  'CRASH_LOOP',
  'OUT_OF_MEMORY',
]);

/**
 * The likeliest remedy first. While an older release serves beside a failed one, there is nothing to roll back.
 *
 * @param canRollBack whether an older release ever served
 */
export function remediesOf(failure: Failed, status: Status, canRollBack: boolean): Remedy[] {
  const { code, variables, proposal } = failure;
  const isServing = status !== 'FAILED' && status !== 'UNHEALTHY';
  const remedies: Remedy[] = [];
  if (code === 'MISSING_CREDENTIAL' || variables.length > 0) remedies.push({ kind: 'credentials', variables });
  if (proposal?.memoryMb) remedies.push({ kind: 'memory', memoryMb: proposal.memoryMb });
  if (code === 'FLY_CAPACITY') remedies.push(...regionsOf(failure));
  if (code === 'FLY_UNAUTHORIZED') remedies.push({ kind: 'keys' });
  if (code === 'INTEGRITY_MISMATCH') remedies.push({ kind: 'analyze' });
  if (canRollBack && !isServing && OLDER_RELEASE_HELPS.has(code)) remedies.push({ kind: 'rollback' });
  if (ARGUMENTS_HELP.has(code) && variables.length === 0) remedies.push({ kind: 'arguments' });
  // One that is out of reach for a moment keeps its release: another one would begin with an empty disk.
  remedies.push({ kind: status === 'UNHEALTHY' ? 'restart' : 'retry' });
  if (code !== 'FLY_CAPACITY') remedies.push(...regionsOf(failure));
  return remedies;
}

const regionsOf = ({ proposal }: Failed): Remedy[] =>
  (proposal?.regions ?? []).map((region) => ({ kind: 'region', region }));
