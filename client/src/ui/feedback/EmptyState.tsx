import type { ReactNode } from 'react';
import classes from './EmptyState.module.css';

type EmptyStateProps = {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** The empty state fills the page: its title is the heading of the page. */
  whole?: boolean;
};

/** Explains why a part of the page is empty, and offers the next step. */
export function EmptyState({ icon, title, children, action, whole = false }: EmptyStateProps) {
  const Heading = whole ? 'h1' : 'h2';
  return (
    <div className={classes.empty}>
      {icon && (
        <div className={classes.icon} aria-hidden>
          {icon}
        </div>
      )}
      <Heading className={classes.title}>{title}</Heading>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
