import { useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { requestProblem, type UserProblem } from '../apollo/problem.ts';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { AnalysisView } from '../features/analysis/AnalysisView.tsx';
import { useAnalysis } from '../features/analysis/analysis-query.ts';
import { useAnalyze } from '../features/analysis/analyze.ts';
import { Examples } from '../features/analysis/Examples.tsx';
import { SourceInput } from '../features/analysis/SourceInput.tsx';
import { graphql } from '../generated/index.ts';
import { newPath } from '../navigation/pages.ts';
import { FailureCard } from '../ui/feedback/FailureCard.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';

const CatalogDocument = graphql(`
  query Catalog {
    machineSizes {
      memoryMb
      ...SizeSelect_size
    }
    processors {
      name
      ...ProcessorSelect_processor
    }
    regions {
      code
      ...RegionSelect_region
    }
  }
`);

/** Shows the analysis of `?analysis=`, starts one for `?source=`, and otherwise asks for a source. */
export function Component() {
  const [params] = useSearchParams();
  const analysisId = params.get('analysis');
  const source = params.get('source');
  return (
    <Page title="New deployment">
      <PageHeader
        title="New deployment"
        description="Paste a package, repository or config. Catwalk finds its settings, runs it and gives you an endpoint."
      />
      {analysisId ? (
        <Analysis key={analysisId} id={analysisId} />
      ) : source ? (
        <StartFrom key={source} source={source} />
      ) : (
        <>
          <SourceInput autoFocus />
          <Examples />
        </>
      )}
    </Page>
  );
}

/** Starts the analysis of a linked source, and replaces the link with one to the analysis. */
function StartFrom({ source }: { source: string }) {
  const navigate = useNavigate();
  const { analyze } = useAnalyze();
  const [problem, setProblem] = useState<UserProblem | null>(null);
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void analyze(source).then((outcome) => {
      if ('problem' in outcome) setProblem(outcome.problem);
      else navigate(newPath({ analysis: outcome.analysisId }), { replace: true });
    });
  });
  return (
    <>
      <SourceInput initial={source} />
      {problem ? <FailureCard live failure={problem} /> : <PanelSkeleton />}
    </>
  );
}

function Analysis({ id }: { id: string }) {
  const { data, error, refetch } = useAnalysis(id);
  const catalog = useQuery(CatalogDocument, { fetchPolicy: 'cache-first' });
  const analysis = data?.analysis;
  if (!analysis) {
    if (error) return <RequestFailure error={error} onRetry={() => void refetch()} />;
    if (!data) return <PanelSkeleton />;
    return (
      <>
        <SourceInput autoFocus />
        <FailureCard
          failure={{
            ...requestProblem(null),
            code: 'NOT_FOUND',
            message: 'This analysis has expired.',
            hint: 'Paste the source again.',
          }}
        />
      </>
    );
  }
  return (
    <AnalysisView
      analysis={analysis}
      sizes={catalog.data?.machineSizes ?? []}
      processors={catalog.data?.processors ?? []}
      regions={catalog.data?.regions ?? []}
    />
  );
}
