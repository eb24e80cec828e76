import type { Message } from './message.ts';

/** How messages travel to a server that serves HTTP by itself. */
export type Connection = {
  /** Resolves when the next message may follow: at once for a request, whose answer is emitted when it comes. */
  deliver(message: Message): Promise<void>;
  /** Ends the session, if the server has one. */
  close(): Promise<void>;
};

export type ConnectionEvents = {
  /** A message of the server: latin1 text on one line. */
  emit(line: string): void;
  /** The server no longer knows the session: it has to be started again. */
  lost(why: string): void;
  log(text: string): void;
};
