import type { Database, Transaction } from '#prisma/client.ts';
import { UserError } from '../errors.ts';
import { type QuotaLimits, readLimits } from './limits.ts';
import { lockUser } from './quotas.ts';
import { sumModelUsd } from './usage.ts';

/** The usage of a model's answer, as its API reports it. `costUsd` is null if the API does not report it. */
export type ModelUsage = { inputTokens: number; outputTokens: number; costUsd: number | null };

export type ModelQuestionCost = { model: string; inputTokensMax: number; outputTokensMax: number };

/** A question that was admitted: one of the two ends it. One that is never ended counts with the most it may cost. */
export interface OpenQuestion {
  settle(usage: ModelUsage): Promise<void>;
  /** It was refused before the model saw it. */
  waive(): Promise<void>;
}

export interface ModelBudget {
  /** Before a model is asked. Throws LIMIT_REACHED when this question could cost more than is left of the month. */
  begin(question: ModelQuestionCost): Promise<OpenQuestion>;
}

export type ModelBudgetDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  defaults: QuotaLimits;
  clock: () => Date;
};

/** The assumed cost if an API reports none: that of a middle-sized model, in US dollars a million tokens. */
const ASSUMED_USD = { input: 3, output: 15 };
const MILLION = 1_000_000;

/** The budget of one analysis: whose, and with whose key. With a user's own key it only keeps the books. */
export function createModelBudget(
  { database, defaults, clock }: ModelBudgetDeps,
  payer: { userId: string; analysisId: string | null; ownKey: boolean },
): ModelBudget {
  const { userId, analysisId, ownKey } = payer;

  const admit = async (tx: Transaction, costUsd: number): Promise<void> => {
    await lockUser(tx, userId);
    const { modelUsdPerMonth: max } = await readLimits(tx, defaults);
    const used = await sumModelUsd(tx, userId, clock());
    if (used + costUsd <= max) return;
    throw new UserError('LIMIT_REACHED', `Models have cost ${usd(used)} of your ${usd(max)} this month.`, {
      kind: 'limit',
      hint: 'Add an OpenRouter key of your own in the settings, or ask the administrator for more.',
    });
  };

  return {
    begin: async ({ model, inputTokensMax, outputTokensMax }) => {
      const costUsd = priceOf(inputTokensMax, outputTokensMax);
      const { id } = await database.transaction(async (tx) => {
        if (!ownKey) await admit(tx, costUsd);
        return tx.modelCall.create({
          data: { userId, analysisId, model, ownKey, costUsd, askedAt: clock() },
          select: { id: true },
        });
      });
      const end = async (known: { costUsd: number; inputTokens: number; outputTokens: number }) => {
        await database.prisma.modelCall.updateMany({ where: { id }, data: { ...known, settledAt: clock() } });
      };
      return {
        settle: ({ inputTokens, outputTokens, costUsd: reported }) =>
          end({ inputTokens, outputTokens, costUsd: reported ?? priceOf(inputTokens, outputTokens) }),
        waive: () => end({ inputTokens: 0, outputTokens: 0, costUsd: 0 }),
      };
    },
  };
}

const priceOf = (inputTokens: number, outputTokens: number): number =>
  (inputTokens * ASSUMED_USD.input + outputTokens * ASSUMED_USD.output) / MILLION;

const usd = (amount: number): string => `$${amount.toFixed(2)}`;
