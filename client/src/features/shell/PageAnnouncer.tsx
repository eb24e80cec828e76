import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

/** A page takes its title once it is there, which is a moment after its address. */
const SETTLED_MS = 400;

/** Says the title of each page that is gone to: without a reload nothing else would tell people who hear the page. */
export function PageAnnouncer() {
  const { pathname } = useLocation();
  const [title, setTitle] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page is announced
  useEffect(() => {
    const timer = setTimeout(() => setTitle(document.title), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [pathname]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {title}
    </p>
  );
}
