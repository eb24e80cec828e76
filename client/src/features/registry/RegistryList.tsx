import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { FragmentType } from '../../generated/index.ts';
import classes from './RegistryList.module.css';
import { RegistryRow, type RegistryRowFragment } from './RegistryRow.tsx';
import type { RegistryView } from './registry-view.ts';

export type ListedServer = { id: string; name: string } & FragmentType<typeof RegistryRowFragment>;

type RegistryListProps = {
  servers: readonly ListedServer[];
  view: RegistryView;
  hasMore: boolean;
  isStale: boolean;
  onMore: () => void;
};

const LOAD_AHEAD = '600px';

/** Lists servers, and loads more before the user reaches the end. */
export function RegistryList({ servers, view, hasMore, isStale, onMore }: RegistryListProps) {
  const end = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  // Creates a new observer for each page: the end may still be in view after a page has loaded.
  const length = servers.length;
  useEffect(() => {
    if (!end.current || !hasMore || length === 0) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && more.current(), {
      rootMargin: LOAD_AHEAD,
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasMore, length]);

  return (
    <section className={classes.list} aria-label="Servers" aria-busy={isStale} data-stale={isStale || undefined}>
      <ul className={classes.rows}>
        {servers.map((server) => (
          <li key={server.id}>
            <RegistryRow server={server} to={view.pathOf(server.name)} isOpen={view.server === server.name} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <div ref={end} className={classes.more}>
          <Button variant="default" size="xs" onClick={onMore}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
