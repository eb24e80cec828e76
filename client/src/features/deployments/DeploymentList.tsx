import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { FragmentType } from '../../generated/index.ts';
import classes from './DeploymentList.module.css';
import { DeploymentRow, type DeploymentRowFragment } from './DeploymentRow.tsx';
import { ListHead } from './ListHead.tsx';
import type { Sort } from './list-view.ts';
import { useRowKeys } from './row-keys.ts';
import type { Selection } from './selection.ts';

export type ListedDeployment = { id: string } & FragmentType<typeof DeploymentRowFragment>;

/** Below this many rows all are simply there; a browser's own search finds them. */
const VIRTUAL_FROM = 60;

type DeploymentListProps = {
  deployments: readonly ListedDeployment[];
  selection: Selection;
  sort: Sort;
  onSort: (sort: Sort) => void;
};

/** The rows of the list, its sortable head, and the keyboard's way through both. */
export function DeploymentList({ deployments, selection, sort, onSort }: DeploymentListProps) {
  const box = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(box.current?.offsetTop ?? 0), []);
  const isVirtual = deployments.length >= VIRTUAL_FROM;
  const virtualizer = useWindowVirtualizer({
    count: deployments.length,
    enabled: isVirtual,
    estimateSize: () => 61,
    overscan: 12,
    scrollMargin: offset,
    // The top bar covers as much; a row that the keyboard reaches must not hide below it.
    scrollPaddingStart: 64,
    scrollPaddingEnd: 80,
    getItemKey: (index) => deployments[index]?.id ?? index,
  });
  const focus = useCallback(
    (index: number) => {
      const find = () => box.current?.querySelector<HTMLElement>(`[data-row="${index}"] a`);
      const row = find();
      if (row) return row.focus();
      virtualizer.scrollToIndex(index);
      requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
    },
    [virtualizer],
  );
  useRowKeys({
    count: deployments.length,
    focus,
    onToggle: (index, range) => {
      const id = deployments[index]?.id;
      if (id) selection.toggle(id, range);
    },
    onClear: selection.clear,
  });
  const items = isVirtual ? virtualizer.getVirtualItems() : deployments.map((_, index) => ({ index, start: 0 }));

  return (
    <section className={classes.list} aria-label="Deployments">
      <ListHead
        sort={sort}
        onSort={onSort}
        selected={selection.ids.size}
        total={deployments.length}
        onSelectAll={selection.setAll}
      />
      <ul ref={box} className={classes.rows} style={isVirtual ? { height: virtualizer.getTotalSize() } : {}}>
        {items.map(({ index, start }) => {
          const deployment = deployments[index];
          return deployment ? (
            <li
              key={deployment.id}
              data-index={index}
              data-row={index}
              {...(isVirtual
                ? {
                    ref: virtualizer.measureElement,
                    'aria-setsize': deployments.length,
                    'aria-posinset': index + 1,
                    className: classes.virtual,
                    style: { transform: `translateY(${start - offset}px)` },
                  }
                : {})}
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
    </section>
  );
}
