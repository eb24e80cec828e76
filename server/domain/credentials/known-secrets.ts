import { z } from 'zod';
import { redactorOf } from '#deploy/host/redact.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { EnvelopeContext } from './envelope.ts';

/** Those opened last are remembered: a log line about a value comes soon after it was opened, if ever. */
const REMEMBERED_MAX = 2_000;
const VALUE_CHARACTERS_MIN = 8;

/**
 * Secrets that are recognized by their form, whatever their source: our tokens, those of the services we use, and
 * bearers. A JWE begins only where no other word has begun, so that a long word is read once.
 */
const LOOKS =
  /\b(?:cw[a-z]?_[\w-]{20,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|sk-or-[\w-]{20,}|FlyV1 [\w+/=,:-]{20,}|(?<![\w-])eyJ[\w-]{10,}(?:\.[\w-]*){4})|(?<=\bBearer )[\w.~+/-]{8,}=*/g;
/** Passwords in addresses. Both parts are bounded: a line of a million characters must not be read again from each. */
const USER_INFO = /(:\/\/[^\s/:@"]{0,200}:)[^\s/@"]{1,1000}(?=@)/g;

export interface KnownSecrets {
  remember(values: readonly string[]): void;
  /** Remembers a plaintext that an envelope held. */
  rememberOpened(plaintext: string, context: Pick<EnvelopeContext, 'purpose'>): void;
  /** Takes them out of text, by content: whatever key they stand under, and inside of longer text. */
  redact(text: string): string;
}

const personalSchema = z.record(z.string(), z.string());
const openedSchema = z.object({ rendered: z.object({ secrets: z.array(z.string()) }) });
/** Of a connection to a remote server, and of a sign-in under way; the rest of them is no secret. */
const remoteSchema = z
  .object({
    accessToken: z.string().optional(),
    refreshToken: z.string().nullish(),
    codeVerifier: z.string().optional(),
    client: z.object({ client_secret: z.string().optional() }),
  })
  .transform(({ accessToken, refreshToken, codeVerifier, client }) =>
    [accessToken, refreshToken, codeVerifier, client.client_secret].filter((one) => typeof one === 'string'),
  );

/** Values that this process knows to be secret: the last line of defence of its log. */
export function createKnownSecrets(always: readonly string[] = []): KnownSecrets {
  const remembered = new Set<string>();
  let redactor: ((text: string) => string) | null = null;

  const remember = (values: readonly string[]) => {
    for (const value of values) {
      if (value.length < VALUE_CHARACTERS_MIN || remembered.has(value)) continue;
      remembered.add(value);
      redactor = null;
    }
    forgetOldest(remembered, REMEMBERED_MAX);
  };

  return {
    remember,
    rememberOpened: (plaintext, { purpose }) => {
      if (purpose === 'call-bodies') return; // text of clients and servers, without the secrets that are known
      if (purpose === 'remote-connection' || purpose === 'remote-sign-in')
        return remember(remoteSchema.safeParse(parseJson(plaintext)).data ?? []);
      if (purpose === 'personal-values')
        return remember(Object.values(personalSchema.safeParse(parseJson(plaintext)).data ?? {}));
      if (purpose !== 'credentials') return remember([plaintext]);
      const { data } = openedSchema.safeParse(parseJson(plaintext));
      if (data) remember(data.rendered.secrets);
    },
    redact: (text) => {
      redactor ??= redactorOf([...always, ...remembered]);
      return redactor(text).replace(LOOKS, '[redacted]').replace(USER_INFO, '$1[redacted]');
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // of another form: nothing to remember
  }
}
