import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { newPath } from '../../navigation/pages.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import type { MachineSizeFragment, RegionFragment } from '../catalog/catalog.ts';
import { DeployCandidate } from '../deploy/DeployCandidate.tsx';
import { usePastedText, usePastedValues } from '../deploy/pasted-text.ts';
import { EvidenceSourceContext } from '../fields/evidence-link.ts';
import { AnalysisStages } from './AnalysisStages.tsx';
import classes from './AnalysisView.module.css';
import { AnalysisFragment } from './analysis-query.ts';
import { useAnalyze } from './analyze.ts';
import { CandidateCard } from './CandidateCard.tsx';
import { SourceInput } from './SourceInput.tsx';
import { stageSteps } from './stages.ts';
import { TrialPanel } from './TrialPanel.tsx';

type AnalysisViewProps = {
  analysis: FragmentType<typeof AnalysisFragment>;
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
};

/** Shows an analysis from its first stage to the form, on one page. */
export function AnalysisView({ analysis: masked, sizes, regions }: AnalysisViewProps) {
  const analysis = readFragment(AnalysisFragment, masked);
  const { candidates, failure, status } = analysis;
  const isRunning = status === 'RUNNING';
  const [selectedKey, setSelectedKey] = useState<string | null>(null);
  const selected =
    candidates.find((one) => one.key === selectedKey) ?? candidates.find((one) => one.deployable) ?? candidates[0];
  const steps = stageSteps(analysis.stages, isRunning);
  const typed = usePastedText().of(analysis.id);
  const pasted = usePastedValues(analysis.id, !isRunning);

  return (
    <div className={classes.view}>
      <SourceInput initial={typed ?? analysis.source} />
      {(isRunning || (candidates.length === 0 && steps.length > 0)) && (
        <Panel title={isRunning ? 'Analyzing…' : 'What we checked'}>
          <AnalysisStages steps={steps} />
        </Panel>
      )}
      {failure && (
        <FailureCard
          live
          failure={failure}
          tone={candidates.length > 0 ? 'amber' : 'red'}
          actions={<AnalyzeAgain source={analysis.source} />}
        />
      )}
      {!isRunning && !failure && candidates.length === 0 && (
        <FailureCard
          live
          failure={{
            code: 'NOT_AN_MCP_SERVER',
            message: 'No MCP server found here.',
            hint: 'If you know the package, paste its name. Otherwise analyze again, or paste the mcpServers config from its README.',
          }}
          actions={<AnalyzeAgain source={analysis.source} />}
        />
      )}
      {selected && (
        <>
          <Panel
            title={candidates.length > 1 ? `${candidates.length} servers found` : undefined}
            description={candidates.length > 1 ? 'Select the server to deploy.' : undefined}
          >
            <div
              className={classes.candidates}
              {...(candidates.length > 1 ? { role: 'radiogroup', 'aria-label': 'Servers found' } : {})}
            >
              {candidates.map((candidate) => (
                <CandidateCard
                  key={candidate.key}
                  candidate={candidate}
                  source={analysis.source}
                  {...(candidates.length > 1
                    ? {
                        choice: {
                          name: 'candidate',
                          checked: candidate.key === selected.key,
                          onSelect: () => setSelectedKey(candidate.key),
                        },
                      }
                    : {})}
                />
              ))}
            </div>
            {!isRunning && steps.length > 0 && (
              <details className={classes.how}>
                <summary>{analysis.cached ? 'Cached result' : 'What we checked'}</summary>
                <div className={classes.stages}>
                  <AnalysisStages steps={steps} />
                  <AnalyzeAgain source={analysis.source} />
                </div>
              </details>
            )}
          </Panel>
          {/* The card of a server that cannot be deployed explains why; it has no form. */}
          {selected.deployable && pasted && (
            <EvidenceSourceContext value={analysis.source}>
              <DeployCandidate
                key={selected.key}
                analysisId={analysis.id}
                candidate={selected}
                pasted={pasted.get(selected.key) ?? null}
                warnings={analysis.warnings.filter((one) => !one.candidateKey || one.candidateKey === selected.key)}
                sizes={sizes}
                regions={regions}
                trial={(accepted) => (
                  <TrialPanel
                    analysisId={analysis.id}
                    candidateKey={selected.key}
                    trial={analysis.trials.find((one) => one.candidateKey === selected.key) ?? null}
                    accepted={accepted}
                  />
                )}
              />
            </EvidenceSourceContext>
          )}
        </>
      )}
    </div>
  );
}

/** Analyzes the same source again, without the cache. */
function AnalyzeAgain({ source }: { source: string }) {
  const navigate = useNavigate();
  const { analyze, analyzing } = useAnalyze();
  const [problem, setProblem] = useState<string | null>(null);
  const analyzeAgain = async () => {
    const outcome = await analyze(source, true);
    if ('problem' in outcome) setProblem(outcome.problem.message);
    else navigate(newPath({ analysis: outcome.analysisId }));
  };
  return (
    <div className={classes.again}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} />}
        loading={analyzing}
        onClick={() => void analyzeAgain()}
      >
        Analyze again
      </Button>
      {problem && <span role="alert">{problem}</span>}
    </div>
  );
}
