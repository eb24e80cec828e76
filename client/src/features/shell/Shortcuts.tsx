import { Kbd, Modal } from '@mantine/core';
import { useDisclosure, useWindowEvent } from '@mantine/hooks';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import classes from './Shortcuts.module.css';

const SHORTCUTS = [
  { keys: ['Ctrl', 'K'], what: 'Search and go anywhere' },
  { keys: ['n'], what: 'New deployment' },
  { keys: ['/'], what: 'Search on this page' },
  { keys: ['g', 'd'], what: 'Go to deployments' },
  { keys: ['g', 's'], what: 'Go to settings' },
  { keys: ['?'], what: 'This list' },
] as const;

const SEQUENCE_MS = 1_200;
const GOES: Record<string, string> = { d: '/deployments', s: '/settings', n: '/new' };

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null);

/** Single-key shortcuts, off while typing or in a dialog. */
export function useShortcuts() {
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure(false);
  const gAt = useRef(0);
  useWindowEvent('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const afterG = Date.now() - gAt.current < SEQUENCE_MS;
    gAt.current = event.key === 'g' ? Date.now() : 0;
    const goal = afterG ? GOES[event.key] : event.key === 'n' ? '/new' : undefined;
    if (goal) {
      event.preventDefault();
      navigate(goal);
    } else if (event.key === '?') {
      event.preventDefault();
      open();
    } else if (event.key === '/') {
      const search = document.querySelector<HTMLElement>('main [data-page-search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
    }
  });
  return { opened, open, close };
}

export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <dl className={classes.list}>
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={what} className={classes.row}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
