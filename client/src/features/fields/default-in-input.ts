/** A longer default would be cut off in the input: it stands below. In characters. */
export const DEFAULT_IN_INPUT_MAX = 28;
