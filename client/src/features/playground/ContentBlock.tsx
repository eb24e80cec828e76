import { Button } from '@mantine/core';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import classes from './Playground.module.css';
import { Blob64, parseJson, ResourceContent } from './ResourceContent.tsx';
import type { CallToolResult } from './session.ts';

type ContentBlockProps = { block: CallToolResult['content'][number]; onRead: (uri: string) => void };

/** One part of a tool's result or of a prompt's message. */
export function ContentBlock({ block, onRead }: ContentBlockProps) {
  switch (block.type) {
    case 'text': {
      const json = parseJson(block.text);
      return json === null ? (
        <CodeBlock label="text" code={block.text} wrap />
      ) : (
        <JsonTree label="text (JSON)" value={json} />
      );
    }
    case 'image':
    case 'audio':
      return <Blob64 name={block.type} mimeType={block.mimeType} data={block.data} />;
    case 'resource_link':
      return (
        <div className={classes.link}>
          <CodeBlock label="resource link" caption={`resource: ${block.name}`} code={block.uri} wrap />
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Read ${block.uri}`}
            onClick={() => onRead(block.uri)}
          >
            Read
          </Button>
        </div>
      );
    case 'resource':
      return <ResourceContent content={block.resource} />;
    default:
      return <JsonTree label={typeOf(block)} value={block} />;
  }
}

/** A newer server may send kinds of content that this version does not know. */
const typeOf = (block: { type?: unknown }): string => String(block.type ?? 'unknown content');
