import { Button, Progress, Tabs } from '@mantine/core';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { formatDuration } from '../../ui/duration.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Elapsed } from '../../ui/Times.tsx';
import type { Call, ToolResult } from './calls.ts';
import classes from './Playground.module.css';

type CallViewProps = { call: Call; onCancel: () => void };

/** One call: what came back and how long it took, and every message behind it. */
export function CallView({ call, onCancel }: CallViewProps) {
  const isRunning = call.tookMs === null;
  return (
    <div className={classes.call}>
      <div className={classes.callHead} role="status">
        <code className={classes.toolName}>{call.tool}</code>
        {isRunning ? (
          <>
            <span className="muted small">
              {call.progress?.message ?? 'waiting for the answer'} · <Elapsed since={call.startedAt} />
            </span>
            <Button size="compact-xs" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          </>
        ) : (
          <span className="muted small numbers">
            {call.error ? 'no answer' : call.result?.isError ? 'answered with an error' : 'answered'} in{' '}
            {formatDuration(call.tookMs ?? 0)}
          </span>
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
      {!isRunning && (
        <Tabs key={call.id} defaultValue="result" keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="result">Result</Tabs.Tab>
            <Tabs.Tab value="messages">Messages ({call.messages.length})</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="result" className={classes.blocks ?? ''}>
            {call.error && (
              <FailureCard
                failure={{ code: 'CALL_FAILED', message: call.error, hint: 'The log of the deployment may say more.' }}
              />
            )}
            {call.result && <ResultView result={call.result} />}
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
      )}
    </div>
  );
}

const pretty = (text: string): string => {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // it only began like JSON
  }
};

const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Everything here comes from a stranger's server: text stays text, and only plain pictures are drawn. */
function ResultView({ result }: { result: ToolResult }) {
  return (
    <>
      {result.isError && <p className={classes.problem}>The tool says that it failed.</p>}
      {result.content.map((block, index) => {
        const key = `${block.type}:${index}`;
        if (block.type === 'text') return <CodeBlock key={key} label="text" code={pretty(block.text)} wrap />;
        if (block.type === 'image' && IMAGE_TYPES.has(block.mimeType)) {
          return (
            <img
              key={key}
              className={classes.image}
              alt="Result of the tool"
              src={`data:${block.mimeType};base64,${block.data}`}
            />
          );
        }
        return <CodeBlock key={key} label={block.type} code={JSON.stringify(block, null, 2)} wrap />;
      })}
      {result.structuredContent !== undefined && (
        <CodeBlock label="structured content" code={JSON.stringify(result.structuredContent, null, 2)} />
      )}
      {result.content.length === 0 && result.structuredContent === undefined && (
        <p className="muted">The result is empty.</p>
      )}
    </>
  );
}
