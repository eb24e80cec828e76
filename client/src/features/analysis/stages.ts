import type { TimelineStep } from '../../ui/data/Timeline.tsx';

type Stage = 'RESOLVE' | 'COLLECT' | 'DETECT' | 'MODEL' | 'VERIFY';
type StageProgress = { stage: Stage; state: 'RUNNING' | 'DONE' | 'SKIPPED' | 'FAILED'; message: string; at: string };

const STAGE_LABELS: Record<Stage, string> = {
  RESOLVE: 'Find source',
  COLLECT: 'Read files',
  DETECT: 'Find arguments and credentials',
  MODEL: 'Complete with AI',
  VERIFY: 'Verify package',
};
const STAGES = Object.keys(STAGE_LABELS) as Stage[]; // Object.keys widens to string

/**
 * Makes the steps of an analysis from its progress lines, in which a later line of a stage replaces an earlier one. A
 * skipped stage is left out unless it has a reason.
 */
export function stageSteps(progress: readonly StageProgress[], running: boolean): TimelineStep[] {
  const startedAt = new Map<Stage, string>();
  const latest = new Map<Stage, StageProgress>();
  for (const line of progress) {
    if (!startedAt.has(line.stage)) startedAt.set(line.stage, line.at);
    latest.set(line.stage, line);
  }
  return STAGES.flatMap((stage): TimelineStep[] => {
    const line = latest.get(stage);
    const label = STAGE_LABELS[stage];
    if (!line) return running ? [{ key: stage, label, state: 'waiting' }] : [];
    if (line.state === 'SKIPPED')
      return line.message ? [{ key: stage, label, state: 'waiting', note: line.message }] : [];
    const since = startedAt.get(stage) ?? line.at;
    if (line.state === 'RUNNING') return [{ key: stage, label, state: 'running', since, note: line.message }];
    const took = new Date(line.at).getTime() - new Date(since).getTime();
    return [
      {
        key: stage,
        label,
        state: line.state === 'DONE' ? 'done' : 'failed',
        note: line.message,
        ...(took > 0 ? { took } : {}),
      },
    ];
  });
}
