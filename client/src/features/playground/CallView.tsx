import { Button, Progress, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { formatDuration } from '../../ui/data/duration.ts';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import { Elapsed } from '../../ui/data/Times.tsx';
import { FailureCard } from '../../ui/feedback/FailureCard.tsx';
import { type Call, isFailure } from './call.ts';
import { OutcomeView } from './OutcomeView.tsx';
import classes from './Playground.module.css';
import { ServerRequestForm } from './ServerRequestForm.tsx';

type CallViewProps = {
  call: Call;
  /** The JSON Schema of the tool's structured content; null for none. */
  outputSchema: unknown;
  /** The app that shows the result, if the tool has one. */
  app: ReactNode;
  onCancel: () => void;
  onRead: (uri: string) => void;
};

/** Shows one call: its result and duration, the input that the server requests, and every message behind it. */
export function CallView({ call, outputSchema, app, onCancel, onRead }: CallViewProps) {
  const isRunning = call.tookMs === null;
  return (
    <div className={classes.call}>
      <div className={classes.callHead}>
        <code className={classes.toolName}>{call.request.name}</code>
        <span role="status" className="muted small numbers">
          {isRunning ? formatProgress(call) : formatOutcome(call)}
        </span>
        {isRunning && (
          <>
            <span className="muted small">
              <Elapsed since={call.startedAt} />
            </span>
            <Button size="compact-xs" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          </>
        )}
      </div>
      {isRunning && call.progress && (
        <Progress
          size="sm"
          aria-label="Progress"
          value={call.progress.total ? (100 * call.progress.progress) / call.progress.total : 100}
          striped={!call.progress.total}
          animated={!call.progress.total}
        />
      )}
      {call.questions.map((question) => (
        <ServerRequestForm key={question.id} question={question} />
      ))}
      <Tabs key={call.id} defaultValue="result" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="result">Result</Tabs.Tab>
          <Tabs.Tab value="arguments">Arguments</Tabs.Tab>
          <Tabs.Tab value="messages">Messages ({call.messages.length})</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="result" className={classes.blocks ?? ''}>
          {call.error && <FailureCard failure={call.error} />}
          {app}
          {call.outcome && <OutcomeView outcome={call.outcome} outputSchema={outputSchema} onRead={onRead} />}
          {isRunning && <p className="muted small">Waiting for the result…</p>}
        </Tabs.Panel>
        <Tabs.Panel value="arguments" className={classes.blocks ?? ''}>
          <JsonTree label="arguments" value={call.request.args} />
        </Tabs.Panel>
        <Tabs.Panel value="messages" className={classes.blocks ?? ''}>
          {call.messages.map((one, index) => (
            <CodeBlock
              // biome-ignore lint/suspicious/noArrayIndexKey: messages are only ever added at the end
              key={index}
              label={one.direction === 'sent' ? 'message sent' : 'message received'}
              caption={`${one.direction === 'sent' ? '→ sent' : '← received'} after ${formatDuration(one.at - call.startedAt)}`}
              code={JSON.stringify(one.message, null, 2)}
              wrap
            />
          ))}
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

function formatProgress({ questions, progress }: Call): string {
  if (questions.length > 0) return 'Waiting for your input';
  if (!progress) return 'Running';
  const { message, total } = progress;
  return message ?? (total ? `${progress.progress} of ${total}` : `Step ${progress.progress}`);
}

const formatOutcome = (call: Call): string =>
  `${isFailure(call) ? 'Failed after' : 'Completed in'} ${formatDuration(call.tookMs ?? 0)}`;
