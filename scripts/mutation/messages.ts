/** Sent to the process that runs tests, of one project and in one run. `file: null` runs them on the tree as it is. */
export type RunRequest = { file: string | null; source: string | null; tests: string[] };

/** Sent back: the first test file that failed, or null when all passed. */
export type RunReport = { kind: 'ready' } | { kind: 'result'; failed: string | null; detail: string | null };
