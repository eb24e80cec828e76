import { useEffect, useRef, useState } from 'react';
import classes from './InstallOutput.module.css';
import { installOutput } from './install-output.ts';
import { useLiveLog } from './live-log.ts';

type InstallOutputProps = {
  databaseId: string;
  /** When the attempt began; null shows all that is there. */
  since: string | null;
  /** The installation goes on. */
  isRunning: boolean;
  /** The installation failed: its output is open. */
  isFailed: boolean;
};

/** Shows the output of an installation while it runs, the command first. It follows the newest line. */
export function InstallOutput({ databaseId, since, isRunning, isFailed }: InstallOutputProps) {
  const { lines } = useLiveLog(databaseId);
  const shown = installOutput(lines, since);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const opened = wanted ?? (isFailed || isRunning);
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  const count = shown.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count, opened]);
  if (count === 0) return null;
  const last = shown.at(-1)?.text ?? '';
  return (
    <details
      className={classes.output}
      open={opened}
      onToggle={(event) => {
        const { open } = event.currentTarget;
        if (open !== opened) setWanted(open);
      }}
    >
      <summary>
        Installation output <span className={classes.last}>{opened ? '' : last}</span>
      </summary>
      <pre
        ref={box}
        className={classes.lines}
        role="log"
        aria-label="Installation output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
      >
        {shown.map(({ text }) => `${text}\n`).join('')}
      </pre>
    </details>
  );
}
