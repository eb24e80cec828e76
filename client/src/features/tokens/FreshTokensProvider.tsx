import { type ReactNode, useMemo, useState } from 'react';
import { FreshTokensContext } from './fresh-tokens.ts';

export function FreshTokensProvider({ children }: { children: ReactNode }) {
  const [tokens, setTokens] = useState<ReadonlyMap<string, string>>(new Map());
  const value = useMemo(
    () => ({
      tokens,
      keep: (deploymentId: string, token: string) => setTokens((before) => new Map(before).set(deploymentId, token)),
      forget: (deploymentId: string) =>
        setTokens((before) => new Map([...before].filter(([id]) => id !== deploymentId))),
    }),
    [tokens],
  );
  return <FreshTokensContext value={value}>{children}</FreshTokensContext>;
}
