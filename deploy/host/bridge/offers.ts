import type { Offer } from '../contract.ts';
import { viewOfPrincipal } from '../view-contract.ts';
import type { CallReply } from './call.ts';
import { type Envelope, scan, slice } from './json-rpc.ts';
import { eachMember } from './json-text.ts';
import type { Session } from './session.ts';

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

export type OfferDeps = {
  /** A result of a child as clients see it: the platform's handshake sees another one. */
  shown: (method: string, result: string) => string;
  /** Two answers to the same question differed. */
  onVaried: () => void;
};

const AS_THEY_ARE: OfferDeps = { shown: (_method, result) => result, onVaried: () => {} };

export type Offers = {
  /** The answer to `initialize` of a client that requested the version, as the client received it. */
  opened(session: Pick<Session, 'principal' | 'requestedVersion'>, result: string): void;
  /** Sees the answer to a list that a client of the version requested. */
  watch(
    version: string,
    request: Envelope,
    reply: Pick<CallReply, 'requestId'> & {
      session: Pick<Session, 'principal'>;
      onAnswer: ((message: string) => void) | null;
    },
  ): void;
  read(): Offer;
  /** Forgets all answers: clients see other definitions from now on. */
  forget(): void;
};

/**
 * Remembers what clients received as answers to their first questions, per protocol version. An answer that differs from
 * an earlier one to the same question shows that the server's offer depends on the caller or the moment; an answer with
 * a secret in it is no offer for others. Either way the offer is not given away.
 */
export const createOffers = (redact: (text: string) => string, deps: OfferDeps = AS_THEY_ARE): Offers => {
  const { shown } = deps;
  const openings = new Map<string, string>();
  const lists = new Map<string, string>();
  let characters = 0;
  let varies = false;
  let isWithheld = false;

  const keep = (answers: Map<string, string>, key: string, result: string) => {
    const known = answers.get(key);
    if (known === result) return;
    if (known !== undefined) {
      varies = true;
      deps.onVaried();
    }
    characters += result.length - (known?.length ?? 0);
    if (characters > CHARACTERS_MAX || answers.size >= PAGES_MAX) isWithheld = true;
    else answers.set(key, result);
    const text = Buffer.from(result, 'latin1').toString('utf8');
    if (redact(text) !== text) isWithheld = true;
  };

  return {
    opened(session, result) {
      if (seesAll(session)) keep(openings, session.requestedVersion, shown('initialize', result));
    },
    watch(version, request, reply) {
      const { method, text, params } = request;
      if (method === null || !LISTS.has(method) || !seesAll(reply.session)) return;
      const cursor = params === null ? '' : pageIn(text, params.start);
      if (cursor === null) return;
      reply.onAnswer = (message) => {
        const answer = scan(message);
        if (answer?.result)
          keep(lists, `${version}\n${method}\n${cursor}`, shown(method, slice(message, answer.result)));
      };
    },
    read: () => ({
      varies,
      answers: isWithheld ? null : { openings: Object.fromEntries(openings), lists: Object.fromEntries(lists) },
    }),
    forget() {
      openings.clear();
      lists.clear();
      characters = 0;
    },
  };
};

/** What clients of a view receive is no offer of the server. */
const seesAll = ({ principal }: Pick<Session, 'principal'>): boolean => viewOfPrincipal(principal) === null;

/** For servers that answer each caller with the caller's own key. */
export const NO_OFFERS: Offers = {
  opened: () => {},
  watch: () => {},
  read: () => ({ varies: true, answers: null }),
  forget: () => {},
};

/**
 * The cursor of the page that is asked for, as it stands in the text; empty for the first page. Null where the params may
 * say more to a server than they do here: a name that is unknown, written with escapes, or there twice.
 */
const pageIn = (text: string, at: number): string | null => {
  let cursor = '';
  let isPlain = true;
  const seen = new Set<string>();
  const end = eachMember(text, at, (key, start, stop) => {
    isPlain &&= (key === 'cursor' || key === '_meta') && !seen.has(key);
    seen.add(key);
    if (key === 'cursor') cursor = text.slice(start, stop);
  });
  return end !== -1 && isPlain && (cursor === '' || cursor.startsWith('"')) ? cursor : null;
};
