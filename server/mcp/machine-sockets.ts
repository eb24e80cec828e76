import { Client, Dispatcher } from 'undici';

export interface MachineSockets {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** The same, for undici's own clients. */
  readonly dispatcher: Dispatcher;
  /** Closes idle sockets now, and the others when their request is finished. */
  close(): Promise<void>;
  /** Ends everything under way. */
  destroy(): Promise<void>;
}

/**
 * The sockets to one machine. Each request has one to itself: an idle one (the one used last, which is the least likely
 * to have been closed since) or a new one, without limit, because answers may be streams, which would starve the calls
 * behind them. Unlike in undici's Pool, finding one costs the same however many streams are open. `onUnused` is called
 * when the last socket is gone.
 */
export function createMachineSockets(origin: string, options: Client.Options, onUnused: () => void): MachineSockets {
  const clients = new Set<Client>();
  const idle: Client[] = [];

  /** A client that lost its socket is not used again. */
  const drop = (client: Client) => {
    if (!clients.delete(client)) return;
    const at = idle.indexOf(client);
    if (at !== -1) idle.splice(at, 1);
    if (!client.closed && !client.destroyed) void client.close();
    if (clients.size === 0) onUnused();
  };

  const open = (): Client => {
    const client = new Client(origin, options);
    clients.add(client);
    client.on('drain', () => {
      if (clients.has(client)) idle.push(client);
    });
    client.on('disconnect', () => drop(client));
    client.on('connectionError', () => drop(client));
    return client;
  };

  const dispatch: MachineSockets['dispatch'] = (request, handler) => {
    const client = idle.pop() ?? open();
    client.dispatch(request, handler);
    if (client.stats.size === 0) drop(client); // refused at once: it will not say that it is free
  };

  const dispatcher = new Dispatcher();
  dispatcher.dispatch = (request, handler) => {
    dispatch(request, handler);
    return true;
  };

  const letGo = (end: (client: Client) => Promise<void>) => async () => {
    idle.length = 0;
    await Promise.all(Array.from(clients, end));
  };

  return {
    dispatch,
    dispatcher,
    close: letGo((client) => client.close()), // which waits for its request
    destroy: letGo((client) => client.destroy()),
  };
}
