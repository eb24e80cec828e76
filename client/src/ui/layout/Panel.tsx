import type { ReactNode } from 'react';
import classes from './Panel.module.css';

type PanelProps = {
  title?: string | undefined;
  /** Names the panel where its title stands several times on the page. */
  label?: string | undefined;
  description?: ReactNode;
  actions?: ReactNode;
  /** Without inner padding, for tables and lists that reach the edge. */
  flush?: boolean;
  tone?: 'plain' | 'danger';
  children: ReactNode;
};

/** A titled surface, the only kind of box on a page. */
export function Panel({
  title,
  label = title,
  description,
  actions,
  flush = false,
  tone = 'plain',
  children,
}: PanelProps) {
  return (
    <section className={classes.panel} data-tone={tone} aria-label={label}>
      {(title || actions) && (
        <header className={classes.header} data-flush={flush || undefined}>
          <div>
            {title && <h2 className={classes.title}>{title}</h2>}
            {description && <p className={classes.description}>{description}</p>}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  );
}
