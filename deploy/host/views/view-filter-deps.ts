import type { Envelope } from '../bridge/json-rpc.ts';
import type { AskPage } from './catalog.ts';
import type { CompiledView } from './compiled-view.ts';

/** The parts that a view before a child works with. */
export type ViewFilterDeps = {
  viewId: string;
  /** The present rules; they may change while the child runs. */
  view: () => CompiledView;
  isModern: () => boolean;
  /** Writes a notification, or an answer of a client, to the child. */
  send: (message: string) => void;
  /** Sends a request with the server's own names. */
  request: (message: string) => void;
  /** Asks the child itself, past the view. */
  ask: AskPage;
  /** Takes a message of the child that the view shows. */
  deliver: (message: Envelope) => void;
  /** Takes an answer that is given for the child. */
  answer: (message: Envelope) => void;
  /** The subscriptions that are open at the child (2026-07-28), by the ids that it knows. */
  subscriptions: () => number[];
  now: () => number;
};
