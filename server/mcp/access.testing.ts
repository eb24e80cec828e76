import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import { createRig, type Rig, type RigOptions } from './test-rig.ts';

let rig: Rig | null = null;
/** An endpoint before a machine that answers every call with `{}`; closed after the test. */
export const openRig = async (options: Partial<RigOptions> = {}): Promise<Rig> => {
  rig = await createRig({ machine: answerEmpty, ...options });
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = null;
});

export const answerEmpty = (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};

/** A machine that answers with streams and never ends them. */
export const openStreams = () => {
  const opened: ServerResponse[] = [];
  const closed: ServerResponse[] = [];
  const machine = (req: IncomingMessage, res: ServerResponse) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    opened.push(res);
    res.on('close', () => closed.push(res));
  };
  return { opened, closed, machine };
};
