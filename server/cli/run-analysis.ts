import { CliFailure } from './failure.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { words } from './layout.ts';
import { ANALYSIS_PROGRESS, ANALYZE, type Analysis, FIND_ANALYSIS, type Stage } from './operations/analysis.ts';
import { oneLine } from './printable.ts';
import type { Timeline } from './timeline.ts';

type Request = { source: string; refresh: boolean; timeline: Timeline; signal: AbortSignal };

/** Analyses a source, showing its stages as they go by. A failed analysis is a result too. */
export async function runAnalysis(client: GraphqlClient, request: Request): Promise<Analysis> {
  const { source, refresh, timeline, signal } = request;
  const started = await client.ask(ANALYZE, { input: { source, refresh } }, signal);
  timeline.heading(`Analyzing ${shortSource(source)}`);
  if (started.status !== 'RUNNING') {
    if (started.status !== 'FAILED') timeline.add('Analysis', null, 'known from before');
    return started;
  }
  const show = stagesOn(timeline);
  for await (const progress of client.follow(ANALYSIS_PROGRESS, { id: started.id }, { signal })) {
    progress.stages.forEach(show);
    if (progress.status !== 'RUNNING') break;
  }
  timeline.end('left', new Date());
  if (signal.aborted) {
    throw new CliFailure('DETACHED', 'You stopped waiting. Nothing was deployed.', { exitCode: 130 });
  }
  const analysis = await client.ask(FIND_ANALYSIS, { id: started.id }, signal);
  if (!analysis) throw new CliFailure('NOT_FOUND', 'The analysis is gone.', { hint: 'Run the command again.' });
  return analysis;
}

/** Shows the stages. Each event repeats all stages so far. */
function stagesOn(timeline: Timeline): (stage: Stage) => void {
  const states = new Map<string, string>();
  let lastEnd: Date | null = null;
  return ({ stage, state, message, at }) => {
    const before = states.get(stage);
    states.set(stage, state);
    if (before !== undefined && before !== 'RUNNING') return;
    if (before === undefined) timeline.begin(words(stage), state === 'RUNNING' ? at : (lastEnd ?? at), message);
    else timeline.detail(message);
    if (state === 'RUNNING') return;
    timeline.end(state === 'FAILED' ? 'failed' : state === 'SKIPPED' ? 'left' : 'done', at);
    lastEnd = at;
  };
}

/** A pasted block of JSON is long; its beginning says enough. */
const shortSource = (source: string): string => {
  const line = oneLine(source);
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

/** The failure that a failed analysis stands for; null when there is something to choose from. */
export function analysisFailure({ status, failure, source, candidates }: Analysis): CliFailure | null {
  const isOutage = failure !== null && !candidates.some(({ deployable }) => deployable);
  if (status !== 'FAILED' && !isOutage) return null;
  return failure
    ? new CliFailure(failure.code, failure.message, failure)
    : new CliFailure('ANALYSIS_FAILED', `${shortSource(source)} could not be analyzed.`);
}
