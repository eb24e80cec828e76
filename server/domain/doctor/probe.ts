import { Trouble } from './step.ts';

const ANSWER_MS_MAX = 15_000;
const TEXT_CHARACTERS_MAX = 100_000;

export type Answer = { status: number; headers: Headers; text: string };

export interface Probe {
  /** One request to this installation's public address, as it comes from outside. Throws `Trouble` when nothing answers. */
  ask(url: string, init?: RequestInit): Promise<Answer>;
  /** The same as a `fetch`, for an MCP client; it remembers the last refusal, whose text says more than the client's error. */
  fetch: typeof fetch;
  refusal(): Answer | null;
}

/**
 * Sends requests to this installation over the network. Addresses in a response are followed only on the public address
 * itself: a proxy in between must not send us anywhere else.
 */
export function createProbe(publicUrl: string, signal: AbortSignal): Probe {
  const { origin } = new URL(publicUrl);
  let refusal: Answer | null = null;

  const send = async (url: string | URL, init: RequestInit): Promise<Response> => {
    if (!URL.canParse(url) || new URL(url).origin !== origin) {
      throw new Trouble(
        `An answer names ${url}, which is not on ${origin}.`,
        `Set PUBLIC_URL to the address that clients use; a proxy in front must pass paths and bodies unchanged.`,
      );
    }
    try {
      return await fetch(url, { ...init, redirect: 'manual' });
    } catch (error) {
      signal.throwIfAborted();
      throw explainNetwork(error, origin);
    }
  };

  return {
    ask: async (url, init = {}) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
      const response = await send(url, { ...init, signal: limit });
      const text = (await response.text()).slice(0, TEXT_CHARACTERS_MAX);
      return { status: response.status, headers: response.headers, text };
    },
    fetch: async (input, init = {}) => {
      const response = await send(input instanceof Request ? input.url : input, init);
      if (response.ok || response.status === 405) return response;
      const text = (await response.text()).slice(0, TEXT_CHARACTERS_MAX);
      refusal = { status: response.status, headers: response.headers, text };
      return new Response(text, { status: response.status, headers: response.headers });
    },
    refusal: () => refusal,
  };
}

const HINTS: Record<string, string> = {
  ENOTFOUND: 'The name does not exist in the DNS as this server sees it. Check PUBLIC_URL and the DNS record.',
  EAI_AGAIN: 'The DNS did not answer. Check the resolver of this server.',
  ECONNREFUSED: 'Nothing listens there. Check that the proxy in front is up and PUBLIC_URL has the right port.',
  CERT_HAS_EXPIRED: 'The certificate has expired: renew it. Claude refuses the connection until then.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate is self-signed. Clients elsewhere want one of a public authority.',
  SELF_SIGNED_CERT_IN_CHAIN: 'A certificate in the chain is self-signed. Clients want one of a public authority.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The chain is not complete: serve the intermediate certificates too.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another name. Get one for the host in PUBLIC_URL.',
};

function explainNetwork(error: unknown, origin: string): Trouble {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isLate = cause instanceof Error && cause.name === 'TimeoutError';
  const what = isLate ? `no answer within ${ANSWER_MS_MAX / 1_000} s` : cause instanceof Error ? cause.message : code;
  return new Trouble(
    `${origin} cannot be reached from this server: ${what || code}.`,
    HINTS[code] ?? 'Check PUBLIC_URL, the firewall, and that this server may call its own public address.',
    { cause: error },
  );
}
