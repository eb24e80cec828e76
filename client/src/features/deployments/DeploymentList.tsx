import { lazy, Suspense, useCallback, useRef } from 'react';
import classes from './DeploymentList.module.css';
import { DeploymentRow, type ListedDeployment } from './DeploymentRow.tsx';
import { ListHead } from './ListHead.tsx';
import type { Sort } from './list-view.ts';
import { useRowKeys } from './row-keys.ts';
import type { Selection } from './selection.ts';

/** Shorter lists render all rows, which the browser's own search can find. */
const VIRTUAL_FROM = 60;
const VirtualRows = lazy(() => import('./VirtualRows.tsx'));

type DeploymentListProps = {
  deployments: readonly ListedDeployment[];
  selection: Selection;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Rows of one line. */
  dense: boolean;
};

/** The rows of the list with their sortable head and keyboard navigation. */
export function DeploymentList({ deployments, selection, sort, onSort, dense }: DeploymentListProps) {
  const box = useRef<HTMLElement>(null);
  const scrollTo = useRef<((index: number) => void) | null>(null);
  const focus = useCallback((index: number) => {
    const find = () => box.current?.querySelector<HTMLElement>(`[data-row="${index}"] a`);
    const row = find();
    if (row) return row.focus();
    scrollTo.current?.(index);
    requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
  }, []);
  useRowKeys({
    count: deployments.length,
    focus,
    onToggle: (index, range) => {
      const id = deployments[index]?.id;
      if (id) selection.toggle(id, range);
    },
    onClear: selection.clear,
  });
  const plain = (
    <ul className={classes.rows}>
      {deployments.slice(0, VIRTUAL_FROM).map((deployment, index) => (
        <li key={deployment.id} data-row={index}>
          <DeploymentRow
            deployment={deployment}
            selected={selection.ids.has(deployment.id)}
            onToggle={selection.toggle}
          />
        </li>
      ))}
    </ul>
  );

  return (
    <section ref={box} className={classes.list} aria-label="Deployments" data-dense={dense || undefined}>
      <ListHead
        sort={sort}
        onSort={onSort}
        selected={selection.ids.size}
        total={deployments.length}
        onSelectAll={selection.setAll}
      />
      {deployments.length < VIRTUAL_FROM ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <VirtualRows deployments={deployments} selection={selection} scrollTo={scrollTo} dense={dense} />
        </Suspense>
      )}
    </section>
  );
}
