/** The few things that migrations and LISTEN need of a database connection, embedded or not. */
export interface SqlConnection {
  /** Runs one or more statements. */
  exec(sql: string): Promise<void>;
  query<Row>(sql: string): Promise<Row[]>;
}

export type ListenState = 'up' | 'down';

export interface Listener {
  /**
   * Calls `onMessage` with each payload on the channel and `onState` when the connection is lost or back.
   * Between `down` and `up` messages may have been missed. Resolves once it listens.
   */
  listen(channel: string, onMessage: (payload: string) => void, onState: (state: ListenState) => void): Promise<void>;

  /**
   * Runs once the transaction in which it is called has committed, outside of one at once. Not there where messages
   * arrive within the commit anyhow.
   */
  afterCommit?(run: () => void): void;
}
