import type { SessionPeer } from './session.ts';

const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

/** Completes the handshake of a child, once. */
export const announceInitialized = (peer: SessionPeer): void => {
  if (peer.initializedSent) return;
  peer.initializedSent = true;
  peer.send(INITIALIZED);
};
