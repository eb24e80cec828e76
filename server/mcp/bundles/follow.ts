import type { RouteMember } from '../route.ts';
import { memberKey } from './askers.ts';
import type { ServerEvent } from './events.ts';
import { type MemberAnswer, MemberFailedError } from './member-client.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A member without streams. */
const NO_STREAM = 405;

export type FollowDeps = {
  members(): readonly RouteMember[];
  /** Calls back when other deployments may belong to the bundle. Returns the way to stop. */
  onMembersChanged(listener: () => void): () => void;
  open(member: RouteMember, signal: AbortSignal): Promise<MemberAnswer>;
  onEvent(member: RouteMember, event: ServerEvent): Promise<void>;
  /** The stream of a member is open. */
  onOpen?(member: RouteMember): void;
  /** Lists may be other ones: a member came back, or members changed. */
  onChanged(): void;
  pause(ms: number, signal: AbortSignal): Promise<unknown>;
  signal: AbortSignal;
};

/** Keeps a stream open at each member for as long as the client listens, and opens those again that ended. */
export function followMembers(deps: FollowDeps): void {
  const { signal } = deps;
  const following = new Map<string, AbortController>();

  const follow = async (member: RouteMember, own: AbortSignal): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    let isLost = false;
    while (!own.aborted) {
      try {
        const answer = await deps.open(member, own);
        if (answer.status === NO_STREAM) return;
        if (answer.events !== null) {
          deps.onOpen?.(member);
          if (isLost) deps.onChanged();
          pauseMs = FIRST_PAUSE_MS;
          for await (const event of answer.events) await deps.onEvent(member, event);
        }
      } catch (error) {
        // A stream that was cut ends as one that was closed: both are opened again.
        if (own.aborted) return;
        if (error instanceof MemberFailedError) pauseMs = Math.max(pauseMs, FIRST_PAUSE_MS);
      }
      isLost = true;
      await deps.pause(pauseMs, own).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };

  const followAll = (): boolean => {
    const wanted = new Map(deps.members().map((member) => [`${member.prefix} ${memberKey(member)}`, member]));
    let isChanged = false;
    for (const [key, controller] of following) {
      if (wanted.has(key)) continue;
      following.delete(key);
      controller.abort();
      isChanged = true;
    }
    for (const [key, member] of wanted) {
      if (following.has(key)) continue;
      const controller = new AbortController();
      following.set(key, controller);
      void follow(member, AbortSignal.any([signal, controller.signal]));
      isChanged = true;
    }
    return isChanged;
  };

  const stop = deps.onMembersChanged(() => {
    if (!signal.aborted && followAll()) deps.onChanged();
  });
  signal.addEventListener('abort', stop, { once: true });
  followAll();
}
