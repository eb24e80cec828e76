import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, useEffectEvent, useState } from 'react';
import { ConfirmDialog } from '../../../ui/feedback/ConfirmDialog.tsx';
import { FailureCard } from '../../../ui/feedback/FailureCard.tsx';
import { useLastValue } from '../../../ui/feedback/use-last-value.ts';
import { type CallProblem, callProblem } from '../call-problem.ts';
import { DestructiveDialog } from '../DestructiveDialog.tsx';
import classes from '../Playground.module.css';
import type { CallToolResult, ReadResourceResult } from '../session.ts';
import { AppNotes } from './AppNotes.tsx';
import { type AppResource, appResourceOf } from './app-resource.ts';
import { type AppTools, useAppHost } from './use-app-host.ts';

const AppFrame = lazy(() => import('./AppFrame.tsx'));

type AppPanelProps = {
  uri: string;
  toolName: string;
  args: Record<string, unknown>;
  result: CallToolResult;
  tools: AppTools;
  readResource: (uri: string, signal: AbortSignal) => Promise<ReadResourceResult>;
};

/** Shows the app of a tool's result (MCP Apps), after a question if the app wants to reach other servers. */
export function AppPanel({ uri, toolName, args, result, tools, readResource }: AppPanelProps) {
  const [app, setApp] = useState<AppResource | null>(null);
  const [problem, setProblem] = useState<CallProblem | null>(null);
  const [allowed, setAllowed] = useState(false);
  const { host, notes, asked, link, answerCall, answerLink } = useAppHost({ tools, readResource });
  const shownLink = useLastValue(link);
  const load = useEffectEvent(async (signal: AbortSignal) => {
    try {
      const loaded = appResourceOf(await readResource(uri, signal));
      if (!signal.aborted) setApp(loaded);
    } catch (error) {
      if (!signal.aborted) setProblem(callProblem(error));
    }
  });
  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal);
    return () => abort.abort();
  }, []);

  if (problem) return <FailureCard failure={problem} />;
  if (!app) return <p className="muted small">Loading the app…</p>;
  const wanted = [...new Set([...app.connect, ...app.resource])];
  return (
    <section className={classes.app} aria-label="App">
      {wanted.length > 0 && !allowed ? (
        <>
          <p className="small">
            This app can send what it shows to: <code>{wanted.join(', ')}</code>
          </p>
          <div className={classes.answers}>
            <Button size="compact-sm" variant="default" onClick={() => setAllowed(true)}>
              Show app
            </Button>
          </div>
        </>
      ) : (
        <Suspense fallback={<p className="muted small">Loading the app…</p>}>
          <AppFrame title={`App of ${toolName}`} app={app} args={args} result={result} host={host} />
        </Suspense>
      )}
      {app.refused.length > 0 && (
        <p className="muted small">
          The app works without: <code>{app.refused.join(', ')}</code>
        </p>
      )}
      <AppNotes notes={notes} />
      <DestructiveDialog request={asked} onClose={() => answerCall(false)} onConfirm={() => answerCall(true)} />
      <ConfirmDialog
        opened={link !== null}
        onClose={() => answerLink(false)}
        title="Open a link of the app?"
        confirm="Open link"
        tone="plain"
        onConfirm={() => {
          answerLink(true);
          return Promise.resolve(null);
        }}
      >
        The app wants to open <code>{shownLink}</code> in a new tab.
      </ConfirmDialog>
    </section>
  );
}
