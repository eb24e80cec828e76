import { useWindowEvent } from '@mantine/hooks';
import { useRef } from 'react';
import { useNavigate } from 'react-router';

const SEQUENCE_MS = 1_200;
const GOES: Record<string, string> = { d: '/deployments', s: '/settings', n: '/new', a: '/audit', r: '/registry' };

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null);

/** Single-key shortcuts, off while typing or in a dialog. */
export function useShortcuts(onHelp: () => void) {
  const navigate = useNavigate();
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
      onHelp();
    } else if (event.key === '/') {
      const search = document.querySelector<HTMLElement>('main [data-page-search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
    }
  });
}
