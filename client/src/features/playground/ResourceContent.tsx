import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { formatBytes } from '../../ui/data/bytes.ts';
import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import { downloadFile } from '../../ui/data/download-file.ts';
import { JsonTree } from '../../ui/data/JsonTree.tsx';
import classes from './Playground.module.css';
import type { ReadResourceResult } from './session.ts';

/** Shows a resource: JSON as a tree, other text as it is, images and sound as such, anything else as a download. */
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

/** The formats that a browser draws without running code. */
const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
/** A media type with nothing behind it that could leave the `data:` address. */
const AUDIO_TYPE = /^audio\/[\w.+-]+$/;

type Blob64Props = { name: string; mimeType: string | undefined; data: string };

/** Shows base64 bytes as a download; an image is drawn, and sound can be played. */
export function Blob64({ name, mimeType = 'application/octet-stream', data }: Blob64Props) {
  const save = () => downloadFile(name.split('/').at(-1) || 'resource', new Blob([bytesOf(data)], { type: mimeType }));
  return (
    <figure className={classes.blob}>
      {IMAGE_TYPES.has(mimeType) && (
        <img className={classes.image} alt={name} src={`data:${mimeType};base64,${data}`} />
      )}
      {AUDIO_TYPE.test(mimeType) && (
        // biome-ignore lint/a11y/useMediaCaption: a server sends sound without captions
        <audio controls className={classes.audio} aria-label={name} src={`data:${mimeType};base64,${data}`} />
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

/** Parses a text that holds a JSON object or array; null for any other text. */
export function parseJson(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // the text only begins like JSON
  }
}
