import type { Described, ServerCandidate } from '../result.ts';

/** Kinds of server that Catwalk recognizes and cannot run, each with the user's alternative. */
const KINDS = {
  local: {
    runtime: 'source',
    verdict: 'NEEDS_LOCAL_APP',
    reason: 'This command starts a program of your own computer. Paste the package or repository that it comes from.',
  },
  unread: {
    runtime: 'source',
    verdict: 'NOT_MCP',
    reason:
      'This entry names neither a command nor an address, so there is nothing to start. Paste the package or repository of the server.',
  },
} as const satisfies Record<string, Pick<ServerCandidate, 'runtime' | 'verdict'> & { reason: string }>;

export function unsupportedCandidate(kind: keyof typeof KINDS, displayName: string, target: string): Described {
  const { runtime, verdict, reason } = KINDS[kind];
  return {
    candidate: {
      key: `${kind}:${displayName}`,
      displayName,
      description: null,
      runtime,
      deployable: false,
      notDeployableReason: reason,
      package: target,
      version: null,
      integrity: null,
      subfolder: null,
      runCommand: target,
      arguments: [],
      credentials: [],
      verified: false,
      verdict,
      tools: [],
      notes: null,
      spec: null,
      fixedArguments: [],
    },
    warnings: [],
  };
}
