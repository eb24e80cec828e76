/** Returns values for a field that begin with, or fit, the text typed so far. Never throws. */
export type Suggest = (name: string, value: string, signal: AbortSignal) => Promise<readonly string[]>;
