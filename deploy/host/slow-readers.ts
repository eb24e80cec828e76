import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Bounds what all connections together have been sent and have not read: streams, answers and logs alike. Each stream
 * has a bound of its own, but many slow readers must not fill the machine either. To be called about once a second;
 * those that are furthest behind are cut off, and streams of sessions can be resumed.
 */
export const createSlowReaderCheck = (server: Server, bytesMax: number = UNREAD_BYTES_MAX): (() => void) => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return () => {
    let unread = 0;
    for (const socket of sockets) unread += socket.writableLength;
    if (unread <= bytesMax) return;
    for (const socket of [...sockets].sort((a, b) => b.writableLength - a.writableLength)) {
      if (unread <= bytesMax) return;
      unread -= socket.writableLength;
      socket.destroy();
    }
  };
};
