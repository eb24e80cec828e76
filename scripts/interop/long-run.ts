import type { TriedClient } from './clients.ts';
import type { Driven, Step } from './driven.ts';
import type { Build, Installation } from './installation.ts';
import type { Seen } from './recorder.ts';
import type { LongSteps } from './results.ts';
import { connectOptions, startFor } from './try-client.ts';

/** The limits are wide: a client is judged by what it does, and not by how busy this computer is. */
const STEP_MS_MAX = 180_000;
const ASLEEP_MS_MAX = 600_000;
/** Longer than the limit of a minute that most clients have. */
const SLOW_SECONDS = 65;
const SLOW_MS_MAX = 300_000;
const NOTICE_MS_MAX = 30_000;

export type Lasting = { client: TriedClient; folder: string };
type Member = Lasting & { driven: Driven; token: string; tokenName: string; steps: LongSteps };

const echo = (driven: Driven): Promise<Step> =>
  driven.step('call', { name: 'echo', args: { text: 'still here' } }, STEP_MS_MAX);
const outcome = (step: Step): string | null => {
  if (!step.ok) return step.error;
  // a library that hides errors gives the text of one as a result
  return JSON.stringify(step.value).includes('still here') ? null : JSON.stringify(step.value).slice(0, 300);
};

/**
 * Keeps clients connected to one deployment at the same time, and tries what happens over days: a changed list, a sleep, a
 * restart, a slow call, and the end of the token. Each has a token of its own, by which its requests are recognized.
 */
export async function runLong(
  installation: Installation,
  build: Build,
  clients: readonly Lasting[],
): Promise<Map<string, LongSteps | string>> {
  const results = new Map<string, LongSteps | string>();
  const members: Member[] = [];
  try {
    for (const lasting of clients) {
      const tokenName = `long ${lasting.client.key}`;
      const token = await installation.createToken(build, tokenName);
      const met = { url: installation.urlOf(build), token, access: 'TOKEN' as const };
      const driven = await startFor(lasting.client, lasting.folder, met, () => {});
      const steps: LongSteps = { restart: null, wake: null, slow: null, rotation: null, changed: null };
      const member = { ...lasting, driven, token, tokenName, steps };
      members.push(member);
      const connected = await driven.step('connect', connectOptions(lasting.client, met), STEP_MS_MAX);
      if (connected.ok) results.set(lasting.client.key, member.steps);
      else results.set(lasting.client.key, connected.error);
    }
    const alive = members.filter(({ client }) => typeof results.get(client.key) !== 'string');
    const everyone = (step: keyof LongSteps, run: (member: Member) => Promise<string | null>): Promise<unknown> =>
      Promise.all(
        alive.map(async (member) => {
          member.steps[step] = await run(member);
        }),
      );

    const notBack = new Map<string, string>();
    await everyone('changed', (member) => noticesChange(installation, member));
    await installation.putToSleep(build, ASLEEP_MS_MAX);
    await everyone('wake', async ({ driven }) => outcome(await echo(driven)));
    await installation.restart(build);
    await everyone('restart', async (member) => {
      const { outcome: found, again } = await afterRestart(installation, build, member);
      if (again?.ok === false) notBack.set(member.client.key, `It could not be connected again: ${again.error}`);
      return found;
    });
    await everyone('slow', async ({ driven, client }) => {
      const lost = notBack.get(client.key);
      if (lost !== undefined) return lost;
      const answer = await driven.step('call', { name: 'wait', args: { seconds: SLOW_SECONDS } }, SLOW_MS_MAX);
      return answer.ok && JSON.stringify(answer.value).includes('waited')
        ? null
        : answer.ok
          ? JSON.stringify(answer.value)
          : answer.error;
    });
    for (const { tokenName } of alive) await installation.revokeToken(build, tokenName);
    await everyone('rotation', async ({ driven }) => outcome(await echo(driven)));
  } finally {
    for (const { driven } of members) driven.end();
  }
  return results;
}

async function noticesChange({ recorder }: Installation, { driven, token }: Member): Promise<string | null> {
  const mark = recorder.mark();
  const grown = await driven.step('call', { name: 'grow', args: {} }, STEP_MS_MAX);
  if (!grown.ok) return grown.error;
  const isRead = (seen: Seen): boolean => seen.token === token && seen.calls.includes('tools/list');
  const read = await recorder.sees(mark, isRead, NOTICE_MS_MAX);
  return read ? null : 'It does not read the list again by itself.';
}

/**
 * A session ends with the process of the host; the specification has a client open another one. `again`: a client that
 * stays without a session is connected again, as a person would do, since the later steps are about other things.
 */
async function afterRestart(
  installation: Installation,
  build: Build,
  member: Member,
): Promise<{ outcome: string | null; again: Step | null }> {
  const { client, driven, token } = member;
  const first = outcome(await echo(driven));
  if (first === null) return { outcome: null, again: null };
  const second = outcome(await echo(driven));
  if (second === null) return { outcome: `One call fails, the next one works: ${first}`, again: null };
  const met = { url: installation.urlOf(build), token, access: 'TOKEN' as const };
  const again = await driven.step('connect', connectOptions(client, met), STEP_MS_MAX);
  return { outcome: first, again };
}
