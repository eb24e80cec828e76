import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { FragmentType } from '../../generated/index.ts';
import classes from './DeploymentList.module.css';
import { DeploymentRow, type DeploymentRowFragment } from './DeploymentRow.tsx';

export type ListedDeployment = { id: string; row: FragmentType<typeof DeploymentRowFragment> };

/** Below this many rows all are simply there; a browser's own search finds them. */
const VIRTUAL_FROM = 60;

export function DeploymentList({ deployments }: { deployments: readonly ListedDeployment[] }) {
  return (
    <section className={classes.list} aria-label="Deployments">
      <div className={classes.head} aria-hidden>
        <span>Name</span>
        <span>Status</span>
        <span>Endpoint</span>
        <span className={classes.right}>Created</span>
      </div>
      {deployments.length < VIRTUAL_FROM ? (
        <ul className={classes.rows}>
          {deployments.map(({ id, row }) => (
            <li key={id}>
              <DeploymentRow deployment={row} />
            </li>
          ))}
        </ul>
      ) : (
        <VirtualRows deployments={deployments} />
      )}
    </section>
  );
}

function VirtualRows({ deployments }: { deployments: readonly ListedDeployment[] }) {
  const box = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(box.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: deployments.length,
    estimateSize: () => 61,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => deployments[index]?.id ?? index,
  });
  return (
    <ul ref={box} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => {
        const deployment = deployments[item.index];
        return deployment ? (
          <li
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            aria-setsize={deployments.length}
            aria-posinset={item.index + 1}
            className={classes.virtual}
            style={{ transform: `translateY(${item.start - offset}px)` }}
          >
            <DeploymentRow deployment={deployment.row} />
          </li>
        ) : null;
      })}
    </ul>
  );
}
