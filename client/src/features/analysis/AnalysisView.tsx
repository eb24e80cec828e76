import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import type { MachineSizeFragment, RegionFragment } from '../catalog/catalog.ts';
import { DeployCandidate } from '../deploy/DeployCandidate.tsx';
import { EvidenceSourceContext } from '../fields/evidence-link.ts';
import { AnalysisStages } from './AnalysisStages.tsx';
import classes from './AnalysisView.module.css';
import { AnalysisFragment } from './analysis-query.ts';
import { useAnalyze } from './analyze.ts';
import { CandidateCard } from './CandidateCard.tsx';
import { SourceInput } from './SourceInput.tsx';
import { stageSteps } from './stages.ts';

type AnalysisViewProps = {
  analysis: FragmentType<typeof AnalysisFragment>;
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
};

/** An analysis from its first stage to the form, on one page. */
export function AnalysisView({ analysis: masked, sizes, regions }: AnalysisViewProps) {
  const analysis = readFragment(AnalysisFragment, masked);
  const { candidates, failure, status } = analysis;
  const isRunning = status === 'RUNNING';
  const [chosenKey, setChosenKey] = useState<string | null>(null);
  const chosen =
    candidates.find((one) => one.key === chosenKey) ?? candidates.find((one) => one.deployable) ?? candidates[0];
  const steps = stageSteps(analysis.stages, isRunning);

  return (
    <div className={classes.view}>
      <SourceInput initial={analysis.source} />
      {(isRunning || (candidates.length === 0 && steps.length > 0)) && (
        <Panel title={isRunning ? 'Looking at the source' : 'What was looked at'}>
          <AnalysisStages steps={steps} />
        </Panel>
      )}
      {failure && (
        <FailureCard
          live
          failure={failure}
          tone={candidates.length > 0 ? 'amber' : 'red'}
          actions={<LookAgain source={analysis.source} />}
        />
      )}
      {!isRunning && !failure && candidates.length === 0 && (
        <FailureCard
          live
          failure={{
            code: 'NOT_AN_MCP_SERVER',
            message: 'No MCP server was found there.',
            hint: 'If you know the package, paste its name instead; otherwise look again, or paste the mcpServers snippet of its README.',
          }}
          actions={<LookAgain source={analysis.source} />}
        />
      )}
      {chosen && (
        <>
          <Panel
            title={candidates.length > 1 ? `${candidates.length} servers found` : undefined}
            description={candidates.length > 1 ? 'Choose the one to deploy.' : undefined}
          >
            <div
              className={classes.candidates}
              {...(candidates.length > 1 ? { role: 'radiogroup', 'aria-label': 'Servers found' } : {})}
            >
              {candidates.map((candidate) => (
                <CandidateCard
                  key={candidate.key}
                  candidate={candidate}
                  {...(candidates.length > 1
                    ? {
                        choice: {
                          name: 'candidate',
                          checked: candidate.key === chosen.key,
                          onChoose: () => setChosenKey(candidate.key),
                        },
                      }
                    : {})}
                />
              ))}
            </div>
            {!isRunning && steps.length > 0 && (
              <details className={classes.how}>
                <summary>{analysis.cached ? 'Known from an earlier look' : 'How this was found'}</summary>
                <div className={classes.stages}>
                  <AnalysisStages steps={steps} />
                  <LookAgain source={analysis.source} />
                </div>
              </details>
            )}
          </Panel>
          {/* What cannot be deployed says why in its card; a form would promise otherwise. */}
          {chosen.deployable && (
            <EvidenceSourceContext value={analysis.source}>
              <DeployCandidate
                key={chosen.key}
                analysisId={analysis.id}
                candidate={chosen}
                warnings={analysis.warnings.filter((one) => !one.candidateKey || one.candidateKey === chosen.key)}
                sizes={sizes}
                regions={regions}
              />
            </EvidenceSourceContext>
          )}
        </>
      )}
    </div>
  );
}

/** The same source again, past the cache. */
function LookAgain({ source }: { source: string }) {
  const navigate = useNavigate();
  const { analyze, analyzing } = useAnalyze();
  const [complaint, setComplaint] = useState<string | null>(null);
  const look = async () => {
    const outcome = await analyze(source, true);
    if ('problem' in outcome) setComplaint(outcome.problem.message);
    else navigate(`/new?analysis=${encodeURIComponent(outcome.analysisId)}`);
  };
  return (
    <div className={classes.again}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} />}
        loading={analyzing}
        onClick={() => void look()}
      >
        Look again
      </Button>
      {complaint && <span role="alert">{complaint}</span>}
    </div>
  );
}
