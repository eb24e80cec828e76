import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { JsonTree } from '../../ui/JsonTree.tsx';
import classes from './Playground.module.css';
import type { CallToolResult } from './session.ts';

type Block = CallToolResult['content'][number];

const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** What a tool gave. Everything comes from a stranger's server: text stays text, and only plain pictures are drawn. */
export function ResultView({ result }: { result: CallToolResult }) {
  return (
    <>
      {result.isError && <p className={classes.problem}>The tool says that it failed.</p>}
      {result.content
        .filter((block) => !repeats(block, result.structuredContent))
        .map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes
          <BlockView key={index} block={block} />
        ))}
      {result.structuredContent !== undefined && (
        <JsonTree label="structured content" value={result.structuredContent} />
      )}
      {result.content.length === 0 && result.structuredContent === undefined && (
        <p className="muted">The result is empty.</p>
      )}
    </>
  );
}

/** For older clients a server says the structured content as text once more. */
const repeats = (block: Block, structured: unknown): boolean =>
  structured !== undefined &&
  block.type === 'text' &&
  JSON.stringify(parseJson(block.text)) === JSON.stringify(structured);

function BlockView({ block }: { block: Block }) {
  switch (block.type) {
    case 'text': {
      const json = parseJson(block.text);
      return json === null ? (
        <CodeBlock label="text" code={block.text} wrap />
      ) : (
        <JsonTree label="text that is JSON" value={json} />
      );
    }
    case 'image':
      if (!IMAGE_TYPES.has(block.mimeType)) break;
      return (
        <img className={classes.image} alt="Result of the tool" src={`data:${block.mimeType};base64,${block.data}`} />
      );
    case 'resource_link':
      return <CodeBlock label="link to a resource" caption={`resource: ${block.name}`} code={block.uri} wrap />;
    case 'resource':
      if (!('text' in block.resource)) break;
      return <CodeBlock label="resource" caption={block.resource.uri} code={block.resource.text} wrap />;
    default:
  }
  return <CodeBlock label={block.type} code={shortened(JSON.stringify(block, null, 2))} wrap />;
}

/** Data in base64 says nothing to people. */
const shortened = (json: string): string =>
  json.replace(/"([A-Za-z0-9+/=]{200})[A-Za-z0-9+/=]*"/g, (all, start) => `"${start}… (${all.length - 2} characters)"`);

/** An object or list that a text holds; null when it is just text. */
function parseJson(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // it only began like JSON
  }
}
