import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { newPath } from '../../navigation/pages.ts';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import type { MachineSizeFragment, ProcessorFragment, RegionFragment } from '../catalog/catalog.ts';
import { DeployServers } from '../deploy/DeployServers.tsx';
import { usePastedParts, usePastedText } from '../deploy/pasted-text.ts';
import { EvidenceSourceContext } from '../fields/evidence-link.ts';
import { AnalysisStages } from './AnalysisStages.tsx';
import classes from './AnalysisView.module.css';
import { AnalysisFragment } from './analysis-query.ts';
import { useAnalyze } from './analyze.ts';
import { CandidateCard } from './CandidateCard.tsx';
import { SourceInput } from './SourceInput.tsx';
import { Suggestions } from './Suggestions.tsx';
import { isBlockOfServers, selectedAtFirst } from './selection.ts';
import { stageSteps } from './stages.ts';
import { TrialPanel } from './TrialPanel.tsx';

type AnalysisViewProps = {
  analysis: FragmentType<typeof AnalysisFragment>;
  sizes: readonly FragmentType<typeof MachineSizeFragment>[];
  processors: readonly FragmentType<typeof ProcessorFragment>[];
  regions: readonly FragmentType<typeof RegionFragment>[];
};

/** Shows an analysis from its first stage to the form, on one page. */
export function AnalysisView({ analysis: masked, sizes, processors, regions }: AnalysisViewProps) {
  const analysis = readFragment(AnalysisFragment, masked);
  const { candidates, failure, status } = analysis;
  const isRunning = status === 'RUNNING';
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  const [deployed, setDeployed] = useState<ReadonlyMap<string, string>>(new Map());
  const isBlock = isBlockOfServers(candidates);
  const selected = picked ?? selectedAtFirst(candidates, isBlock);
  const toDeploy = candidates.filter((one) => one.deployable && !deployed.has(one.key));
  // The servers of a block share a form; of other sources one server is deployed at a time.
  const inForm = isBlock ? toDeploy : toDeploy.filter((one) => selected.has(one.key));
  const select = (key: string, isChecked: boolean) => {
    if (!isBlock) return setPicked(new Set([key]));
    setPicked(new Set(candidates.map((one) => one.key).filter((one) => (one === key ? isChecked : selected.has(one)))));
  };
  const steps = stageSteps(analysis.stages, isRunning);
  const typed = usePastedText().of(analysis.id);
  const text = typed?.text ?? analysis.source;
  const pasted = usePastedParts(analysis.id, !isRunning);

  return (
    <div className={classes.view}>
      <SourceInput initial={text} secrets={pasted?.secrets ?? typed?.secrets} />
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
          actions={<AnalyzeAgain source={text} />}
        />
      )}
      {analysis.suggestions.length > 0 && <Suggestions suggestions={analysis.suggestions} />}
      {!isRunning && !failure && candidates.length === 0 && (
        <FailureCard
          live
          failure={{
            code: 'NOT_AN_MCP_SERVER',
            message: 'No MCP server found here.',
            hint: 'If you know the package, paste its name. Otherwise analyze again, or paste the mcpServers config from its README.',
          }}
          actions={<AnalyzeAgain source={text} />}
        />
      )}
      {candidates.length > 0 && (
        <>
          <Panel
            title={candidates.length > 1 ? `${candidates.length} servers found` : undefined}
            description={
              candidates.length < 2
                ? undefined
                : isBlock
                  ? 'Select the servers to deploy.'
                  : 'Select the server to deploy.'
            }
          >
            <div
              className={classes.candidates}
              {...(candidates.length > 1
                ? { role: isBlock ? 'group' : 'radiogroup', 'aria-label': 'Servers found' }
                : {})}
            >
              {candidates.map((candidate) => {
                const databaseId = deployed.get(candidate.key);
                const canChoose = candidates.length > 1 && (!isBlock || toDeploy.includes(candidate));
                return (
                  <CandidateCard
                    key={candidate.key}
                    candidate={candidate}
                    source={analysis.source}
                    deployed={databaseId === undefined ? undefined : { databaseId }}
                    {...(canChoose
                      ? {
                          choice: {
                            type: isBlock ? 'checkbox' : 'radio',
                            name: 'candidate',
                            checked: selected.has(candidate.key),
                            onChange: (isChecked) => select(candidate.key, isChecked),
                          },
                        }
                      : {})}
                  />
                );
              })}
            </div>
            {!isRunning && steps.length > 0 && (
              <details className={classes.how}>
                <summary>{analysis.cached ? 'Cached result' : 'What we checked'}</summary>
                <div className={classes.stages}>
                  <AnalysisStages steps={steps} />
                  <AnalyzeAgain source={text} />
                </div>
              </details>
            )}
          </Panel>
          {/* The card of a server that cannot be deployed explains why; it has no form. */}
          {inForm.length > 0 && pasted && (
            <EvidenceSourceContext value={analysis.source}>
              <DeployServers
                key={(isBlock ? candidates : inForm).map((one) => one.key).join()}
                analysisId={analysis.id}
                servers={inForm.map((candidate) => ({
                  candidate,
                  pasted: pasted.values.get(candidate.key) ?? null,
                  warnings: analysis.warnings.filter((one) => !one.candidateKey || one.candidateKey === candidate.key),
                  trial: (accepted) => (
                    <TrialPanel
                      analysisId={analysis.id}
                      candidateKey={candidate.key}
                      serverName={isBlock ? candidate.displayName : null}
                      trial={analysis.trials.find((one) => one.candidateKey === candidate.key) ?? null}
                      accepted={accepted}
                    />
                  ),
                }))}
                chosen={selected}
                onDeployed={(key, databaseId) => setDeployed((before) => new Map([...before, [key, databaseId]]))}
                sizes={sizes}
                processors={processors}
                regions={regions}
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
