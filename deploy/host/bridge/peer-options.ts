import type { Workspace } from '../workspaces/workspaces.ts';
import type { Call, Caller } from './call.ts';
import type { ClientGuard } from './client-guard.ts';
import type { Envelope } from './json-rpc.ts';
import type { Peer } from './peer.ts';

export type PeerEvents<C extends Caller> = {
  /** A request or a notification of the child. */
  onMessage(peer: Peer<C>, envelope: Envelope): void;
  onNoise(line: string): void;
  /** A call of a client was answered, whatever the answer. */
  onAnswered(call: Call<C>): void;
};

export type PeerOptions<C extends Caller> = {
  era: 'legacy' | 'modern';
  workspace: Workspace;
  shareKey: string | null;
  principal: string;
  events: PeerEvents<C>;
  /** Milliseconds. */
  clock: () => number;
  /** How much may wait for a child that does not read. */
  unreadBytesMax?: number;
  guard?: ClientGuard | null;
};
