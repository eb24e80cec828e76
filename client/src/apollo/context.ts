import { createContext, use } from 'react';
import { type Connection, type ConnectionStore, useConnection } from './connection.ts';

export const ConnectionContext = createContext<ConnectionStore | null>(null);

export function useConnectionState(): Connection {
  const store = use(ConnectionContext);
  if (!store) throw new Error('No ConnectionContext above.');
  return useConnection(store);
}
