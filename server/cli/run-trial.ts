import { CliFailure } from './failure.ts';
import type { GraphqlClient } from './graphql-client.ts';
import {
  type Analysis,
  type Candidate,
  FIND_ANALYSIS,
  START_TRIAL,
  TRIAL_PROGRESS,
  type Trial,
} from './operations/analysis.ts';
import type { Timeline } from './timeline.ts';

type Request = {
  analysis: Pick<Analysis, 'id'>;
  candidate: Pick<Candidate, 'key' | 'displayName'>;
  acceptUnverified: boolean;
  timeline: Timeline;
  signal: AbortSignal;
};

/** Starts a candidate without credentials, and shows each step. Returns the analysis with what the trial taught. */
export async function runTrial(client: GraphqlClient, request: Request): Promise<{ analysis: Analysis; trial: Trial }> {
  const { analysis, candidate, acceptUnverified, timeline, signal } = request;
  const input = { analysisId: analysis.id, candidate: candidate.key, acceptUnverified };
  await client.ask(START_TRIAL, { input }, signal);
  timeline.heading(`Starting ${candidate.displayName} without credentials`);
  let shown = 0;
  for await (const progress of client.follow(TRIAL_PROGRESS, { id: analysis.id }, { signal })) {
    const trial = newestOf(progress.analysis?.trials ?? [], candidate.key);
    if (!trial) continue;
    for (const { message, at } of trial.steps.slice(shown)) timeline.begin('Trial', at, message);
    shown = trial.steps.length;
    if (trial.status === 'RUNNING') continue;
    timeline.end(trial.status === 'FAILED' ? 'failed' : 'done', new Date());
    break;
  }
  if (signal.aborted) throw new CliFailure('DETACHED', 'You stopped waiting. The trial goes on.', { exitCode: 130 });
  const now = await client.ask(FIND_ANALYSIS, { id: analysis.id }, signal);
  const trial = now && newestOf(now.trials, candidate.key);
  if (!now || !trial) throw new CliFailure('NOT_FOUND', 'The analysis is gone.', { hint: 'Run the command again.' });
  if (trial.status === 'FAILED' && trial.failure) {
    const { code, message, hint, retryable } = trial.failure;
    throw new CliFailure(code, message, { hint, retryable, json: now });
  }
  return { analysis: now, trial };
}

/** The server lists the newest first. */
const newestOf = (trials: readonly Trial[], key: string): Trial | undefined =>
  trials.find(({ candidateKey }) => candidateKey === key);
