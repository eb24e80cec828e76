import { Timeline, type TimelineStep } from '../../ui/Timeline.tsx';

const QUEUED: TimelineStep[] = [{ key: 'queued', label: 'Waiting for its turn', state: 'running' }];

export function AnalysisStages({ steps }: { steps: readonly TimelineStep[] }) {
  const current = steps.find((step) => step.state === 'running');
  return (
    <>
      <Timeline label="Analysis" direction="column" steps={steps.length > 0 ? steps : QUEUED} />
      <p className="visually-hidden" role="status">
        {current ? `${current.label}. ${current.note ?? ''}` : ''}
      </p>
    </>
  );
}
