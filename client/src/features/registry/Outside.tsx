import { Anchor } from '@mantine/core';

/** An external link that a stranger provided. It sends no referrer; the server accepts only web addresses. */
export function Outside({ url, children }: { url: string; children?: string }) {
  return (
    <Anchor href={url} target="_blank" rel="noopener noreferrer nofollow" underline="always">
      {children ?? url.replace(/^https?:\/\/(?:www\.)?/, '').replace(/\/$/, '')}
    </Anchor>
  );
}
