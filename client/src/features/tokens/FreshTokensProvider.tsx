import { type ReactNode, useMemo } from 'react';
import { z } from 'zod';
import { useDraft } from '../../drafts/draft-store.ts';
import { FreshTokensContext } from './fresh-tokens.ts';

const tokensSchema = z.record(z.string(), z.string());

export function FreshTokensProvider({ children }: { children: ReactNode }) {
  const [held, setHeld] = useDraft<Record<string, string>>({
    key: 'fresh-tokens',
    schema: tokensSchema,
    initial: () => ({}),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `setHeld` works on the latest value
  const value = useMemo(
    () => ({
      tokens: new Map(Object.entries(held)),
      keep: (subject: string, token: string) => setHeld((before) => ({ ...before, [subject]: token })),
      forget: (subject: string) =>
        setHeld((before) => Object.fromEntries(Object.entries(before).filter(([id]) => id !== subject))),
    }),
    [held],
  );
  return <FreshTokensContext value={value}>{children}</FreshTokensContext>;
}
