import type { HeldBack } from '../contract.ts';
import type { MeterReadings } from './processor-meter.ts';

const SAMPLE_MS = 10_000;
const WINDOW_MS = 5 * 60_000;

/**
 * Tells how long the processor was withheld in the last minutes. It reads when it is asked, and needs no timer: hosts are
 * asked for their status all the time. Null before the second look, and where nothing counts.
 */
export const createRecentlyHeldBack = ({ now, heldBackMs }: Pick<MeterReadings, 'now' | 'heldBackMs'>) => {
  let samples: { at: number; heldBackMs: number }[] = [];
  return (): HeldBack | null => {
    const counted = heldBackMs();
    if (counted === null) return null;
    const at = now();
    // The last one before the window begins it.
    const begin = samples.findLastIndex((sample) => at - sample.at >= WINDOW_MS);
    samples = samples.slice(Math.max(0, begin));
    const [first] = samples;
    const last = samples.at(-1);
    if (last === undefined || at - last.at >= SAMPLE_MS) samples.push({ at, heldBackMs: counted });
    if (first === undefined) return null;
    const wallMs = at - first.at;
    const withheld = Math.min(wallMs, Math.max(0, counted - first.heldBackMs));
    return { wallMs: Math.round(wallMs), heldBackMs: Math.round(withheld) };
  };
};
