import type { HeldBack, HostStatus } from '#deploy/host/contract.ts';
import { LOCAL_REGION } from '#server/domain/catalog.ts';
import { fasterThan, getProcessor } from '#server/domain/processors.ts';

/** Less is not worth a sentence. */
const HELD_BACK_MS_MIN = 5_000;
const SHARE_MIN = 0.2;

type Sized = { processor: string; region: string };

/** True for a machine whose processor has a quota: nothing limits that of this computer. */
export const isLimited = ({ region }: Pick<Sized, 'region'>): boolean => region !== LOCAL_REGION;

/** True if the processor was withheld for a large part of the time. */
export const isThrottled = (heldBack: HeldBack | null | undefined, release: Sized): heldBack is HeldBack =>
  heldBack != null &&
  isLimited(release) &&
  heldBack.heldBackMs >= HELD_BACK_MS_MIN &&
  heldBack.heldBackMs >= heldBack.wallMs * SHARE_MIN;

/** The processor that a throttled machine should have; null when it has the fastest, or was not throttled. */
export const processorInstead = (host: HostStatus | null | undefined, release: Sized): string | null => {
  const { install, start } = host?.heldBack ?? { install: null, start: null };
  return isThrottled(start ?? install, release) ? (fasterThan(release.processor)?.name ?? null) : null;
};

const seconds = (ms: number): string => String(Math.round(ms / 1_000));

/** What the timeline says about a throttled processor; empty when there is nothing to say. */
export const throttledNote = (heldBack: HeldBack | null | undefined, during: string, release: Sized): string => {
  if (!isThrottled(heldBack, release)) return '';
  const { name, sustainedCores } = getProcessor(release.processor);
  const faster = fasterThan(name);
  const instead =
    faster === null
      ? ''
      : ` ${faster.name} sustains ${Math.round(faster.sustainedCores / sustainedCores)} times as much.`;
  return ` The processor was throttled for ${seconds(heldBack.heldBackMs)} of ${seconds(heldBack.wallMs)} s ${during}: ${name} sustains ${(sustainedCores * 100).toFixed(0)} % of a core.${instead}`;
};
