import { Skeleton } from '@mantine/core';
import classes from './DeploymentList.module.css';
import row from './DeploymentRow.module.css';

const ROWS = ['a', 'b', 'c', 'd'];

export function ListSkeleton() {
  return (
    <div className={classes.list} aria-busy="true">
      <div className={classes.head} aria-hidden>
        <Skeleton height={16} width={16} />
        <span />
        <span>Name</span>
        <span>Status</span>
        <span>Calls, 24 h</span>
        <span>Tools</span>
        <span>Endpoint</span>
        <span className={classes.right}>Created</span>
      </div>
      {ROWS.map((key) => (
        <div key={key} className={row.row}>
          <Skeleton height={16} width={16} />
          <Skeleton height={28} width={28} radius={7} />
          <div>
            <Skeleton height={14} width={140} mb={6} />
            <Skeleton height={10} width={190} />
          </div>
          <Skeleton height={24} width={92} radius="xl" className={row.status ?? ''} />
          <Skeleton height={14} width={80} className={row.calls ?? ''} />
          <Skeleton height={12} width={24} className={row.tools ?? ''} />
          <Skeleton height={12} className={row.endpoint ?? ''} />
          <Skeleton height={12} width={60} className={row.time ?? ''} />
        </div>
      ))}
    </div>
  );
}
