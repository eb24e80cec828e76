import { createContext, use } from 'react';

/**
 * Tokens that were just created, by deployment or purpose. Each is shown until the user dismisses it: it survives a
 * reload in this tab, and ends with the tab. It never enters the Apollo cache, the address or the browser's history.
 */
export type FreshTokens = {
  tokens: ReadonlyMap<string, string>;
  keep: (subject: string, token: string) => void;
  forget: (subject: string) => void;
};

/** The subject of a new API token of an account. */
export const accountSubject = (viewerId: string): string => `account:${viewerId}`;

export const FreshTokensContext = createContext<FreshTokens | null>(null);

export function useFreshTokens(): FreshTokens {
  const fresh = use(FreshTokensContext);
  if (!fresh) throw new Error('No FreshTokensContext above.');
  return fresh;
}
