import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

type PageProps = { title: string; children: ReactNode; narrow?: boolean };

/** The column of a page. It sets the title of the browser tab. */
export function Page({ title, children, narrow = false }: PageProps) {
  useDocumentTitle(`${title} · Catwalk`);
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      {children}
    </div>
  );
}
