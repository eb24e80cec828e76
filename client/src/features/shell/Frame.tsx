import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useRef, useState } from 'react';
import { Outlet } from 'react-router';
import { PageSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { LiveDeployments } from '../deployments/LiveDeployments.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import classes from './Frame.module.css';
import { PageAnnouncer } from './PageAnnouncer.tsx';
import { Rail } from './Rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { TopBar } from './TopBar.tsx';

const Palette = lazy(() => import('../palette/Palette.tsx'));
const ShortcutsDialog = lazy(() => import('./ShortcutsDialog.tsx'));

/** The frame around every signed-in page: rail, top bar, connection banner, palette, keyboard shortcuts. */
export function Frame() {
  const main = useRef<HTMLElement>(null);
  const [opening, setOpening] = useState(0);
  const openPalette = () => setOpening((before) => before + 1);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  useShortcuts(openHelp);
  useHotkeys([['mod+K', openPalette]], []);
  return (
    <div className={classes.frame}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Rail />
      <div className={classes.column}>
        <TopBar onPalette={openPalette} onShortcuts={openHelp} />
        <ConnectionBanner />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <PageAnnouncer />
      <LiveDeployments />
      <Suspense fallback={null}>
        {opening > 0 && <Palette opening={opening} onShortcuts={openHelp} />}
        {help && <ShortcutsDialog opened onClose={closeHelp} />}
      </Suspense>
    </div>
  );
}
