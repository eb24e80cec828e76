import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import classes from '../Playground.module.css';
import type { CallToolResult } from '../session.ts';
import { type AppResource, appFrameAddress } from './app-resource.ts';
import { type AppHost, connectApp } from './connect-app.ts';

type AppFrameProps = {
  title: string;
  app: AppResource;
  args: Record<string, unknown>;
  result: CallToolResult;
  host: Omit<AppHost, 'onHeight'>;
};

const HEIGHT_MIN = 120;
const HEIGHT_MAX = 720;
const clamped = (height: number): number => Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, Math.ceil(height)));

/**
 * Shows an app in a frame with an opaque origin: `sandbox` without `allow-same-origin`, which the answer of the server
 * repeats in its policy. The app reaches the page through messages alone.
 */
export default function AppFrame({ title, app, args, result, host }: AppFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(HEIGHT_MIN * 2);
  const theme = useComputedColorScheme('light');
  const connection = useRef<ReturnType<typeof connectApp> | null>(null);
  const contextOf = (scheme: 'light' | 'dark') => ({
    theme: scheme,
    displayMode: 'inline' as const,
    availableDisplayModes: ['inline' as const],
    platform: 'web' as const,
    locale: navigator.language,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    containerDimensions: { width: frame.current?.clientWidth ?? 0, maxHeight: HEIGHT_MAX },
  });
  const connect = useEffectEvent((window: Window) =>
    connectApp({
      frame: window,
      html: app.html,
      args,
      result,
      context: contextOf(theme),
      host: { ...host, onHeight: (wanted) => setHeight(clamped(wanted)) },
    }),
  );
  useEffect(() => {
    const window = frame.current?.contentWindow;
    if (!window) return;
    const connected = connect(window);
    connection.current = connected;
    return () => {
      connection.current = null;
      connected.close();
    };
  }, []);
  const announce = useEffectEvent((scheme: 'light' | 'dark') => connection.current?.setContext(contextOf(scheme)));
  useEffect(() => announce(theme), [theme]);
  return (
    <iframe
      ref={frame}
      title={title}
      className={classes.appFrame}
      height={height}
      src={appFrameAddress(app)}
      sandbox="allow-scripts allow-forms"
      referrerPolicy="no-referrer"
    />
  );
}
