import { EventFrames } from '../parked/event-frames.ts';

/** One server-sent event. `data` may be empty: such an event only carries its id. */
export type ServerEvent = { id: string | null; data: string };

const parseEvent = (text: string): ServerEvent | null => {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at <= 0) continue; // comments, and fields without a value
    const value = line[at + 1] === ' ' ? line.slice(at + 2) : line.slice(at + 1);
    if (line.startsWith('data:')) data.push(value);
    else if (line.startsWith('id:')) id = value;
  }
  return data.length === 0 ? null : { id, data: data.join('\n') };
};

/** Reads an event stream (HTML, server-sent events, section 9.2.6). */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const frames = new EventFrames(null);
  let torn = '';
  for await (const chunk of body) {
    const whole = frames.push(Buffer.from(chunk));
    if (whole.length === 0) continue;
    // An event that is too large to be held comes in parts.
    torn += whole.toString('latin1');
    if (frames.isTorn) continue;
    const text = Buffer.from(torn, 'latin1').toString();
    torn = '';
    for (const part of text.split(/\r?\n\r?\n/)) {
      const event = part === '' ? null : parseEvent(part);
      if (event !== null) yield event;
    }
  }
}

export const writeEvent = ({ id, data }: ServerEvent): string =>
  `${id === null ? '' : `id: ${id}\n`}event: message\ndata: ${data}\n\n`;
