import { createContext, use } from 'react';

/**
 * Tokens that were just created, by deployment: shown once, held in this tab's memory only, gone with a reload. They
 * never enter the Apollo cache, the address or the browser's history.
 */
export type FreshTokens = {
  tokens: ReadonlyMap<string, string>;
  keep: (deploymentId: string, token: string) => void;
  forget: (deploymentId: string) => void;
};

export const FreshTokensContext = createContext<FreshTokens | null>(null);

export function useFreshTokens(): FreshTokens {
  const fresh = use(FreshTokensContext);
  if (!fresh) throw new Error('No FreshTokensContext above.');
  return fresh;
}
