import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

type PageProps = { title: string; children: ReactNode; narrow?: boolean };

/** A page's column and its title in the tab. */
export function Page({ title, children, narrow = false }: PageProps) {
  useDocumentTitle(`${title} · Catwalk`);
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      {children}
    </div>
  );
}
