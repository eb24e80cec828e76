import { Anchor } from '@mantine/core';

/** A link that a stranger gave: it leads out, and tells the other side nothing. The server lets only web addresses pass. */
export function Outside({ url, children }: { url: string; children?: string }) {
  return (
    <Anchor href={url} target="_blank" rel="noopener noreferrer nofollow" underline="always">
      {children ?? url.replace(/^https?:\/\/(?:www\.)?/, '').replace(/\/$/, '')}
    </Anchor>
  );
}
