import { ContentBlock } from './ContentBlock.tsx';
import classes from './Playground.module.css';
import { parseJson, ResourceContent } from './ResourceContent.tsx';
import { StructuredContent } from './StructuredContent.tsx';
import type { CallToolResult, GetPromptResult, Outcome, ReadResourceResult } from './session.ts';

type OutcomeViewProps = {
  outcome: Outcome;
  /** The JSON Schema of a tool's structured content; null for none. */
  outputSchema: unknown;
  onRead: (uri: string) => void;
};

/** Shows a result. A stranger's server wrote it: text stays text, and only plain images are drawn. */
export function OutcomeView({ outcome, outputSchema, onRead }: OutcomeViewProps) {
  switch (outcome.kind) {
    case 'tool':
      return <ToolResult result={outcome.result} outputSchema={outputSchema} onRead={onRead} />;
    case 'prompt':
      return <PromptMessages result={outcome.result} onRead={onRead} />;
    case 'resource':
      return <Contents result={outcome.result} />;
  }
}

type ToolResultProps = { result: CallToolResult; outputSchema: unknown; onRead: (uri: string) => void };

function ToolResult({ result, outputSchema, onRead }: ToolResultProps) {
  return (
    <>
      {result.isError && <p className={classes.problem}>The tool returned an error.</p>}
      {result.content
        .filter((block) => !repeats(block, result.structuredContent))
        .map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes
          <ContentBlock key={index} block={block} onRead={onRead} />
        ))}
      {/* The schema says nothing of errors (MCP, Tools, output schema). */}
      <StructuredContent value={result.structuredContent} schema={result.isError ? null : outputSchema} />
      {result.content.length === 0 && result.structuredContent === undefined && (
        <p className="muted">The result is empty.</p>
      )}
    </>
  );
}

/** Tells whether a text block repeats the structured content, as servers send it for older clients. */
const repeats = (block: CallToolResult['content'][number], structured: unknown): boolean =>
  structured !== undefined &&
  block.type === 'text' &&
  JSON.stringify(parseJson(block.text)) === JSON.stringify(structured);

type PromptMessagesProps = { result: GetPromptResult; onRead: (uri: string) => void };

/** Shows the messages that a client would give to its language model. */
function PromptMessages({ result, onRead }: PromptMessagesProps) {
  return (
    <>
      {result.description && <p className={classes.about}>{result.description}</p>}
      <ol className={classes.messages} aria-label="Messages of the prompt">
        {result.messages.map(({ role, content }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes
          <li key={index} data-role={role}>
            <span className={classes.role}>{role}</span>
            <ContentBlock block={content} onRead={onRead} />
          </li>
        ))}
      </ol>
      {result.messages.length === 0 && <p className="muted">The prompt has no messages.</p>}
    </>
  );
}

function Contents({ result }: { result: ReadResourceResult }) {
  if (result.contents.length === 0) return <p className="muted">The resource is empty.</p>;
  return result.contents.map((content, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes
    <ResourceContent key={index} content={content} />
  ));
}
