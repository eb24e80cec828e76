/** What a host receives of the definitions that the owner of a deployment agreed to (docs/definition-lock.md). */

/** A tool that clients may see. Digests are those of definition-text.ts. */
export type LockedTool = {
  name: string;
  /** The agreed definition, with the members that a list has. */
  agreed: Record<string, unknown>;
  /** Digests of the definitions that pass as they come: the agreed one, and one that differs harmlessly. Empty: the server took it away. */
  accepted: string[];
  /** Digests of the parts that calls depend on, for which calls pass. */
  callable: string[];
  /** Why calls are refused, by the platform's last look, in one sentence; null while they pass. */
  refusal: string | null;
};

export type LockedPrompt = Pick<LockedTool, 'name' | 'agreed' | 'accepted' | 'refusal'>;

/** A resource or template whose texts are withheld: clients see what was agreed to, or nothing. */
export type LockedResource = { uri: string; agreed: Record<string, unknown> | null };

export type DefinitionLock = {
  tools: LockedTool[];
  prompts: LockedPrompt[];
  resources: LockedResource[];
  /** Instructions that pass as they come, redacted; any other text is replaced by the first. Null stands for none. */
  instructions: (string | null)[];
};

/**
 * `POST /lock`: what clients see from now on; answers 200, or 409 if a newer one is held. A null `lock` lets everything
 * pass. A host has no lock when it starts.
 */
export type HeldLock = {
  /** Higher with each change. */
  version: number;
  lock: DefinitionLock | null;
};

/** The version that a request of a client needs; the platform's own requests have none, and see the server as it is. */
export const LOCK_HEADER = 'catwalk-lock';
/** Stands on a 428: the host holds an older version, or none, and has not begun with the request. */
export const LOCK_WANTED_HEADER = 'catwalk-lock-wanted';
