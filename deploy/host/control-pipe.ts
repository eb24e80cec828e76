import { Socket } from 'node:net';
import { parseControlMessage } from './config.ts';
import { CONTROL_FD, type ControlMessage, type ControlReport } from './contract.ts';

export type ControlPipe = { message: ControlMessage; report(report: ControlReport): void; closed: Promise<void> };

/** Opens the control pipe and waits for its first line. `closed` resolves when the other side is gone, however it died. */
export const openControlPipe = async (): Promise<ControlPipe> => {
  const socket = new Socket({ fd: CONTROL_FD, readable: true, writable: true });
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  const { promise: first, resolve: onFirst } = Promise.withResolvers<string>();
  let buffered = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    if (buffered === null) return;
    buffered += chunk;
    const end = buffered.indexOf('\n');
    if (end !== -1) onFirst(buffered.slice(0, end));
  });
  // A broken pipe ends as a closed one does.
  socket.on('error', () => onClosed());
  socket.on('close', () => onClosed());
  socket.on('end', () => onClosed());
  const line = await Promise.race([first, closed.then(() => null)]);
  if (line === null) throw new Error('The control pipe closed before it said what to run.');
  buffered = '';
  return {
    message: parseControlMessage(line),
    report: (report) => void socket.write(`${JSON.stringify(report)}\n`),
    closed,
  };
};
