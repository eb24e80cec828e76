import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const UNREAD_BYTES_MAX = 64 * 1024 * 1024;
/** After so many bytes of answers the check is made at once: within a second a server can answer more than a machine holds. */
const CHECKED_BYTES = 8 * 1024 * 1024;

/** Runs the check as soon as children answered that much since the last time, when the answers are with their sockets. */
export const createAnswerMeter = (
  check: () => void,
  bytesMax: number = CHECKED_BYTES,
): (<Events extends { onLine(line: string): void }>(events: Events) => Events) => {
  let answered = 0;
  return (events) => ({
    ...events,
    onLine: (line: string) => {
      events.onLine(line);
      answered += line.length;
      if (answered < bytesMax) return;
      answered = 0;
      setImmediate(check);
    },
  });
};

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
