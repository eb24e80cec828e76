import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

type PageProps = {
  title: string;
  children: ReactNode;
  narrow?: boolean /** Uses the whole width of a wide screen. */;
  wide?: boolean;
};

/** The column of a page. It sets the title of the browser tab. */
export function Page({ title, children, narrow = false, wide = false }: PageProps) {
  useDocumentTitle(`${title} · Catwalk`);
  return (
    <div className={classes.page} data-narrow={narrow || undefined} data-wide={wide || undefined}>
      {children}
    </div>
  );
}
