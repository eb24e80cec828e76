import { Suspense, useRef } from 'react';
import { Outlet } from 'react-router';
import { PageSkeleton } from '../../ui/Skeletons.tsx';
import { LiveDeployments } from '../deployments/LiveDeployments.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import classes from './Frame.module.css';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import { ShortcutsDialog, useShortcuts } from './Shortcuts.tsx';
import { TopBar } from './TopBar.tsx';

/** The frame around every signed-in page: rail, top bar, connection banner, palette, keyboard. */
export function Frame() {
  const main = useRef<HTMLElement>(null);
  const shortcuts = useShortcuts();
  return (
    <div className={classes.frame}>
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <Rail />
      <div className={classes.column}>
        <TopBar onShortcuts={shortcuts.open} />
        <ConnectionBanner />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <LiveDeployments />
      <Palette />
      <ShortcutsDialog opened={shortcuts.opened} onClose={shortcuts.close} />
    </div>
  );
}
