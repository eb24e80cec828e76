import type OpenAI from 'openai';
import { z } from 'zod';
import type { ModelBudget, OpenQuestion } from '../../quotas/model-budget.ts';

/** One question, with the shape its answer must have. */
export type ModelQuestion<Answer> = {
  /** The name of the answer's schema, for the API. */
  name: string;
  answer: z.ZodType<Answer>;
  instructions: string;
  /** The text that the question is about. Strangers wrote parts of it. */
  content: string;
  /** How many results of a web search may be read for it; 0: none. */
  webResultsMax: 0 | 1 | 2;
};

export interface ModelClient {
  /** @throws ModelError when no usable answer came, after two retries; UserError LIMIT_REACHED from the budget. */
  ask<Answer>(question: ModelQuestion<Answer>, signal: AbortSignal): Promise<Answer>;
}

/** The model is away, or answered something else than what it was asked for. */
export class ModelError extends Error {}

export type ModelClientDeps = {
  apiKey: string;
  baseUrl: string;
  model: string;
  budget: ModelBudget;
  /** For one answer; tests make it short. */
  timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;
const TRIES_MAX = 3;
const ANSWER_TOKENS_MAX = 2_000;
/** No tokenizer needs more than one token for two characters of such texts. */
const CHARACTERS_PER_TOKEN_MIN = 2;
/** The most that one search result adds to a question, its price included. */
const WEB_RESULT_TOKENS_MAX = 10_000;

/** OpenRouter says what an answer cost, in US dollars; other APIs do not. */
const usageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  cost: z.number().nonnegative().nullish(),
});

/** A model behind OpenRouter, or any API like it. Every question is admitted by the budget before it is asked. */
export function createModelClient(deps: ModelClientDeps): ModelClient {
  let opened: Promise<OpenAI> | undefined;
  const client = (): Promise<OpenAI> => {
    opened ??= openClient(deps);
    return opened;
  };

  /** One try at an answer; the SDK repeats what the network or the API failed at. */
  async function complete<Answer>(question: ModelQuestion<Answer>, signal: AbortSignal): Promise<unknown> {
    const { name, answer, instructions, content, webResultsMax } = question;
    const { $schema: _, ...schema } = z.toJSONSchema(answer, { target: 'draft-7' });
    const body = {
      model: deps.model,
      temperature: 0,
      max_tokens: ANSWER_TOKENS_MAX,
      response_format: { type: 'json_schema' as const, json_schema: { name, strict: true, schema } },
      messages: [
        { role: 'system' as const, content: instructions },
        { role: 'user' as const, content },
      ],
      // OpenRouter's own; the SDK passes on what it does not know
      ...(webResultsMax === 0 ? {} : { plugins: [{ id: 'web', max_results: webResultsMax }] }),
    };
    const { chat } = await client();
    signal.throwIfAborted();
    const open = await deps.budget.begin({
      model: deps.model,
      inputTokensMax:
        Math.ceil((instructions.length + content.length) / CHARACTERS_PER_TOKEN_MIN) +
        webResultsMax * WEB_RESULT_TOKENS_MAX,
      outputTokensMax: ANSWER_TOKENS_MAX,
    });
    try {
      const completion = await chat.completions.create(body, { signal });
      await settle(open, completion.usage);
      return completion.choices[0]?.message.content;
    } catch (error) {
      // A refusal costs nothing. After a time-out the cost is unknown, so the most that it may be stays counted.
      if (statusOf(error) !== undefined) await open.waive();
      signal.throwIfAborted();
      throw new ModelError(refusalOf(error), { cause: error });
    }
  }

  return {
    async ask(question, signal) {
      for (let tries = 1; ; tries++) {
        const content = await complete(question, signal);
        try {
          return question.answer.parse(JSON.parse(typeof content === 'string' ? content : ''));
        } catch (cause) {
          if (tries >= TRIES_MAX) throw new ModelError('The model’s answer is not what was asked for.', { cause });
        }
      }
    },
  };
}

/** The SDK is loaded with the first question: most installations ask none. */
async function openClient({ apiKey, baseUrl, timeoutMs = TIMEOUT_MS }: ModelClientDeps): Promise<OpenAI> {
  const { default: Client } = await import('openai');
  return new Client({ apiKey, baseURL: baseUrl, maxRetries: TRIES_MAX - 1, timeout: timeoutMs });
}

/** The HTTP status of an answer that the SDK took for an error; undefined where there was no answer. */
const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;

async function settle(open: OpenQuestion, reported: unknown): Promise<void> {
  const { data } = usageSchema.safeParse(reported);
  if (!data) return; // it does not say: the most it may cost stays counted
  await open.settle({
    inputTokens: data.prompt_tokens,
    outputTokens: data.completion_tokens,
    costUsd: data.cost ?? null,
  });
}

function refusalOf(error: unknown): string {
  const status = statusOf(error);
  if (status === 401 || status === 403) return 'The model’s API refused the key.';
  if (status === 402) return 'The account behind the model’s key has no credit left.';
  return 'The model did not answer.';
}
