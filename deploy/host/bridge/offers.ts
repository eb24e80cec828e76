import type { Offer } from '../contract.ts';
import type { CallReply } from './call.ts';
import { type Envelope, findMember, scan, slice } from './json-rpc.ts';

/** Together; a server that offers more is asked itself. */
const CHARACTERS_MAX = 2 * 1024 * 1024;
const PAGES_MAX = 64;

/** Answered with what a server offers, and with nothing that depends on the request but its page. */
const LISTS: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
]);
const OTHER_THAN_PAGE = /"(?!cursor"|_meta")[^"\\]*"\s*:/;

export type Offers = {
  /** The answer to `initialize` of a client that requested the version, as the client received it. */
  opened(requested: string, result: string): void;
  /** Sees the answer to a list that a client of the version requested. */
  watch(
    version: string,
    request: Envelope,
    reply: Pick<CallReply, 'requestId'> & { onAnswer: ((message: string) => void) | null },
  ): void;
  read(): Offer;
};

/**
 * Remembers what clients received as answers to their first questions, per protocol version. An answer that differs from
 * an earlier one to the same question shows that the server's offer depends on the caller or the moment; an answer with
 * a secret in it is no offer for others. Either way the offer is not given away.
 */
export const createOffers = (redact: (text: string) => string): Offers => {
  const openings = new Map<string, string>();
  const lists = new Map<string, string>();
  let characters = 0;
  let varies = false;
  let isWithheld = false;

  const keep = (answers: Map<string, string>, key: string, result: string) => {
    const known = answers.get(key);
    if (known === result) return;
    if (known !== undefined) varies = true;
    characters += result.length - (known?.length ?? 0);
    if (characters > CHARACTERS_MAX || answers.size >= PAGES_MAX) isWithheld = true;
    else answers.set(key, result);
    const text = Buffer.from(result, 'latin1').toString('utf8');
    if (redact(text) !== text) isWithheld = true;
  };

  return {
    opened: (requested, result) => keep(openings, requested, result),
    watch(version, request, reply) {
      const { method, text, params } = request;
      if (method === null || !LISTS.has(method)) return;
      const given = params === null ? '' : withoutMeta(text, params);
      if (OTHER_THAN_PAGE.test(given)) return;
      const cursorAt = findMember(text, params, 'cursor');
      const cursor = cursorAt === null ? '' : slice(text, cursorAt);
      reply.onAnswer = (message) => {
        const answer = scan(message);
        if (answer?.result) keep(lists, `${version}\n${method}\n${cursor}`, slice(message, answer.result));
      };
    },
    read: () => ({
      varies,
      answers: isWithheld ? null : { openings: Object.fromEntries(openings), lists: Object.fromEntries(lists) },
    }),
  };
};

const withoutMeta = (text: string, params: { start: number; end: number }): string => {
  const metaAt = findMember(text, params, '_meta');
  return metaAt === null
    ? slice(text, params)
    : text.slice(params.start, metaAt.start) + text.slice(metaAt.end, params.end);
};
