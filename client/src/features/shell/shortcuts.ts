import { useWindowEvent } from '@mantine/hooks';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import { PAGES, pagePath } from '../../navigation/pages.ts';

const SEQUENCE_MS = 1_200;
const PATH_AFTER_G = new Map(PAGES.flatMap(({ path, shortcut }) => (shortcut ? [[shortcut.key, path]] : [])));

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null);

/** Handles single-key shortcuts, except while typing or in a dialog. */
export function useShortcuts(onHelp: () => void) {
  const navigate = useNavigate();
  const gAt = useRef(0);
  useWindowEvent('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const afterG = Date.now() - gAt.current < SEQUENCE_MS;
    gAt.current = event.key === 'g' ? Date.now() : 0;
    const path = afterG ? PATH_AFTER_G.get(event.key) : event.key === 'n' ? pagePath('new') : undefined;
    if (path) {
      event.preventDefault();
      navigate(path);
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
