/** Reasons that keep a server from being deployed, each with what the user can do instead. */
export const NOT_DEPLOYABLE = {
  source:
    'This server has to be built from its source, and nothing says how. Build it, then run it with: catwalk host -- COMMAND.',
} as const;
