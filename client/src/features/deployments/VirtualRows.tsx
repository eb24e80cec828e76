import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import classes from './DeploymentList.module.css';
import { DeploymentRow, type ListedDeployment } from './DeploymentRow.tsx';
import type { Selection } from './selection.ts';

type VirtualRowsProps = {
  deployments: readonly ListedDeployment[];
  selection: Selection;
  /** Receives a function that brings a row into view, although it may not be in the page yet. */
  scrollTo: RefObject<((index: number) => void) | null>;
  dense: boolean;
};

/** Heights before a row is measured. */
const ROW_PX = 61;
const DENSE_ROW_PX = 41;

/** Renders only the rows in and near the window, for long lists. */
export default function VirtualRows({ deployments, selection, scrollTo, dense }: VirtualRowsProps) {
  const box = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(box.current?.offsetTop ?? 0), []);
  const virtualizer = useWindowVirtualizer({
    count: deployments.length,
    estimateSize: () => (dense ? DENSE_ROW_PX : ROW_PX),
    overscan: 12,
    scrollMargin: offset,
    // The height of the top bar: a row that the keyboard reaches must not hide below it.
    scrollPaddingStart: 64,
    scrollPaddingEnd: 80,
    getItemKey: (index) => deployments[index]?.id ?? index,
  });
  useEffect(() => {
    scrollTo.current = (index) => virtualizer.scrollToIndex(index);
    return () => {
      scrollTo.current = null;
    };
  }, [scrollTo, virtualizer]);
  return (
    <ul ref={box} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ key, index, start }) => {
        const deployment = deployments[index];
        return deployment ? (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            data-row={index}
            aria-setsize={deployments.length}
            aria-posinset={index + 1}
            className={classes.virtual}
            style={{ transform: `translateY(${start - offset}px)` }}
          >
            <DeploymentRow
              deployment={deployment}
              selected={selection.ids.has(deployment.id)}
              onToggle={selection.toggle}
            />
          </li>
        ) : null;
      })}
    </ul>
  );
}
