import { Timeline, type TimelineStep } from '../../ui/data/Timeline.tsx';

export function AnalysisStages({ steps }: { steps: readonly TimelineStep[] }) {
  const current = steps.find((step) => step.state === 'running');
  return (
    <>
      <Timeline label="Analysis" direction="column" steps={steps} />
      <p className="visually-hidden" role="status">
        {current ? `${current.label}. ${current.note ?? ''}` : ''}
      </p>
    </>
  );
}
