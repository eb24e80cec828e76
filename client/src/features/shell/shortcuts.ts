import { useWindowEvent } from '@mantine/hooks';
import { useRef } from 'react';
import { useNavigate } from 'react-router';
import { PAGES, pagePath } from '../../navigation/pages.ts';
import { isTyping } from '../../ui/inputs/typing.ts';

const SEQUENCE_MS = 1_200;
const PATH_AFTER_G = new Map(PAGES.flatMap(({ path, shortcut }) => (shortcut ? [[shortcut.key, path]] : [])));

const isPageSearch = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.matches('[data-page-search]');

/** Handles single-key shortcuts, except while typing or in a dialog. Escape leaves the search of the page. */
export function useShortcuts(onHelp: () => void) {
  const navigate = useNavigate();
  const gAt = useRef(0);
  useWindowEvent('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && isPageSearch(event.target)) {
      event.target.blur();
      return;
    }
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
