import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { formatBytes } from '../../ui/data/bytes.ts';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import { saveFile } from '../../ui/inputs/save-file.ts';
import classes from './Playground.module.css';
import type { ReadResourceResult } from './session.ts';

/** A resource as it was read: JSON as a tree, other text as it is, a picture drawn, anything else to keep. */
export function ResourceContent({ content }: { content: ReadResourceResult['contents'][number] }) {
  const { uri, mimeType } = content;
  if ('blob' in content) return <Blob64 name={uri} mimeType={mimeType} data={content.blob} />;
  const caption = mimeType ? `${uri} · ${mimeType}` : uri;
  const json = parseJson(content.text);
  return json === null ? (
    <CodeBlock label="resource" caption={caption} code={content.text} wrap />
  ) : (
    <JsonTree label={caption} value={json} />
  );
}

/** What a browser draws without running anything. */
const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

type Blob64Props = { name: string; mimeType: string | undefined; data: string };

/** Bytes in base64: a picture when it is one, and in any case a file to keep. */
export function Blob64({ name, mimeType = 'application/octet-stream', data }: Blob64Props) {
  const save = () => saveFile(name.split('/').at(-1) || 'resource', new Blob([bytesOf(data)], { type: mimeType }));
  return (
    <figure className={classes.blob}>
      {IMAGE_TYPES.has(mimeType) && (
        <img className={classes.image} alt={`What ${name} shows`} src={`data:${mimeType};base64,${data}`} />
      )}
      <figcaption>
        <span>
          {name} · {mimeType} · {formatBytes(Math.floor((data.length * 3) / 4))}
        </span>
        <Button size="compact-xs" variant="default" leftSection={<IconDownload size={13} />} onClick={save}>
          Download
        </Button>
      </figcaption>
    </figure>
  );
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** An object or list that a text holds; null when it is just text. */
export function parseJson(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // it only began like JSON
  }
}
