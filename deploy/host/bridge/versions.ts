/** Revisions that open a session with `initialize`, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

export const NEWEST_LEGACY_VERSION = '2025-11-25';

/** The stateless revision that the host translates from and to. */
export const MODERN_VERSION = '2026-07-28';
