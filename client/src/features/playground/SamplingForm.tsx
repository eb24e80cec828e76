import { Button, Fieldset, NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import { ContentBlock } from './ContentBlock.tsx';
import classes from './Playground.module.css';
import { QuestionFrame } from './QuestionFrame.tsx';
import type { SamplingRequest, SamplingResponse } from './session.ts';

type SamplingFormProps = { request: SamplingRequest; onRespond: (response: SamplingResponse) => void };

const STOP_REASONS = ['endTurn', 'stopSequence', 'maxTokens', 'toolUse'] as const;

/** Lets the user answer in place of a language model, when a server asks for a message (sampling). */
export function SamplingForm({ request, onRespond }: SamplingFormProps) {
  const [mode, setMode] = useState<'text' | 'json'>('text');
  const [text, setText] = useState('');
  const [model, setModel] = useState('written by hand');
  const [stopReason, setStopReason] = useState<string>('endTurn');
  const [problem, setProblem] = useState<string | null>(null);
  const { messages, ...settings } = request;

  const send = () => {
    const content = mode === 'text' ? { type: 'text', text } : parseContent(text);
    if (content === null) {
      setProblem('Enter a content block as a JSON object, such as {"type": "text", "text": "…"}.');
      return;
    }
    // The user may send any content block, to see what the server makes of it.
    onRespond({ role: 'assistant', content, model, stopReason } as NonNullable<SamplingResponse>);
  };
  return (
    <QuestionFrame
      label="Message requested"
      message="The server asks for a message of a language model. Write it in the model’s place."
      onSubmit={send}
      accept={<Button type="submit">Send</Button>}
      onDecline={() => onRespond(null)}
    >
      <ol className={classes.messages} aria-label="Messages for the model">
        {messages.map(({ role, content }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a request never changes
          <li key={index} data-role={role}>
            <span className={classes.role}>{role}</span>
            {[content].flat().map((block, at) =>
              block.type === 'text' || block.type === 'image' || block.type === 'audio' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a request never changes
                <ContentBlock key={at} block={block} onRead={() => undefined} />
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a request never changes
                <JsonTree key={at} label={block.type} value={block} />
              ),
            )}
          </li>
        ))}
      </ol>
      {settings.systemPrompt && <CodeBlock label="system prompt" code={settings.systemPrompt} wrap />}
      <details>
        <summary className="muted small">Settings of the request</summary>
        <JsonTree label="settings" value={settings} />
      </details>
      <Fieldset className={classes.answer ?? ''} variant="unstyled">
        <SegmentedControl
          size="xs"
          aria-label="Write the answer as"
          data={[
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
          value={mode}
          onChange={(next) => {
            setMode(next);
            setProblem(null);
          }}
        />
        <Textarea
          data-autofocus
          label="Answer"
          autosize
          minRows={3}
          maxRows={12}
          value={text}
          error={problem}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <div className={classes.pair}>
          <TextInput label="Model" value={model} onChange={(event) => setModel(event.currentTarget.value)} />
          <NativeSelect
            label="Stop reason"
            data={[...STOP_REASONS]}
            value={stopReason}
            onChange={(event) => setStopReason(event.currentTarget.value)}
          />
        </div>
      </Fieldset>
    </QuestionFrame>
  );
}

function parseContent(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null; // shown as a problem
  }
}
