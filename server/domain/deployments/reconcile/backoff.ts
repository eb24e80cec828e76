const FIRST_MS = 250;
const MAX_MS = 15_000;

/** The pause before the next call to the Machines API for one machine: doubles with each attempt, up to 15 s. */
export const machineBackoffMs = (attempts: number): number => Math.min(FIRST_MS * 2 ** attempts, MAX_MS);
