import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

/** A page sets its title a moment after its address changes. */
const SETTLED_MS = 400;

/** Announces the title of each page to screen readers, which do not notice navigation without a reload. */
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
