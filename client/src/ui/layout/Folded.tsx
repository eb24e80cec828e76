import { Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Folded.module.css';

type FoldedProps = {
  label: string;
  children: ReactNode;
  /** The content holds an error: it stays open. */
  isNeeded?: boolean;
};

/** Hides content that few users need behind a labeled button. */
export function Folded({ label, children, isNeeded = false }: FoldedProps) {
  const [wanted, { toggle }] = useDisclosure(false);
  const opened = wanted || isNeeded;
  return (
    <div>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        className={classes.fold ?? ''}
        aria-expanded={opened}
        leftSection={<IconChevronRight size={14} className={classes.chevron} data-opened={opened || undefined} />}
        onClick={toggle}
      >
        {label}
      </Button>
      <Collapse expanded={opened}>
        <div className={classes.folded}>{children}</div>
      </Collapse>
    </div>
  );
}
