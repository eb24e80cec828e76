import type { Envelope } from './json-rpc.ts';

/** Stands between a child and its clients: which definitions they see, and which they may call. */
export type ClientGuard = {
  /** The answer in place of the child's; null where the request passes. */
  refusal(request: Envelope, id: string): Envelope | null;
  /** The child's answer as the client sees it, or as it is for the platform and the bridge. */
  answered(method: string, answer: Envelope, isForClient: boolean): Envelope;
};
