/**
 * Takes the calls from a host as the platform does, in a process of its own: only what they cost the host is measured.
 * Ends when its input ends, and prints how many calls there were, and how many were lost.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeCallPage } from '#deploy/host/call-page.ts';

const COLLECT_MS = 500;
const origin = process.argv[2] ?? '';
const seen = { recorded: 0, lost: 0 };
let cursor = '';

const take = async (): Promise<void> => {
  for (let more = true; more; ) {
    const answer = await fetch(`${origin}/calls?cursor=${cursor}`);
    const page = decodeCallPage(Buffer.from(await answer.arrayBuffer()));
    cursor = page.cursor;
    seen.recorded += page.records.length;
    seen.lost += page.lost;
    more = page.more;
  }
};

const ended = new AbortController();
void once(process.stdin.resume(), 'end').then(() => ended.abort());
while (!ended.signal.aborted) {
  await take();
  await delay(COLLECT_MS, undefined, { signal: ended.signal }).catch(() => {}); // the input has ended
}
await take();
process.stdout.write(JSON.stringify(seen));
