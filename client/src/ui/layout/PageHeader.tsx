import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

type PageHeaderProps = {
  icon?: ReactNode;
  title: ReactNode;
  beside?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
};

export function PageHeader({ icon, title, beside, description, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <div className={classes.line}>
          {icon}
          <h1 className={classes.title}>{title}</h1>
          {beside}
        </div>
        {description && <div className={classes.description}>{description}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
