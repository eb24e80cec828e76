import { Skeleton } from '@mantine/core';
import classes from '../layout/Page.module.css';

/** Stands in place of any page while its code or data loads. */
export function PageSkeleton() {
  return (
    <div className={classes.page} aria-busy="true">
      <div>
        <Skeleton height={28} width={220} mb={10} />
        <Skeleton height={14} width={300} />
      </div>
      <Skeleton height={38} />
      <PanelSkeleton />
    </div>
  );
}

export const PanelSkeleton = () => <Skeleton height={220} radius="md" aria-busy="true" />;
