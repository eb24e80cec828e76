import { useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import classes from './ServerIcon.module.css';
import { drawingOf } from './server-drawing.ts';

type ServerIconProps = {
  /** The text that decides the drawing, such as the name of a package: the same text is always drawn the same. */
  name: string;
  /** The address of the icon that the server declares; null for none. */
  url: string | null | undefined;
  size?: number;
};

/** The icon of a server, or a drawing where it has none. It stands beside the name, so it has no text of its own. */
export function ServerIcon({ name, url, size = 28 }: ServerIconProps) {
  const theme = useComputedColorScheme('light');
  const [failed, setFailed] = useState<string | null>(null);
  const src = url ? `${url}${url.includes('?') ? '&' : '?'}theme=${theme}` : null;
  if (src !== null && src !== failed) {
    return (
      <img
        className={classes.image}
        src={src}
        alt=""
        width={size}
        height={size}
        loading="lazy"
        onError={() => setFailed(src)}
      />
    );
  }
  const { letter, hue, shape } = drawingOf(name);
  return (
    <svg className={classes.drawing} data-hue={hue} width={size} height={size} viewBox="0 0 28 28" aria-hidden>
      <rect className={classes.ground} width="28" height="28" rx="7" />
      <path className={classes.shape} d={SHAPES[shape] ?? ''} />
      <text className={classes.letter} x="14" y="19" textAnchor="middle">
        {letter}
      </text>
    </svg>
  );
}

/** Large shapes behind the letter, inside the rounded square. */
const SHAPES: readonly string[] = [
  'M0 28 28 0v21a7 7 0 0 1-7 7H0z',
  'M0 14a14 14 0 0 0 28 0v7a7 7 0 0 1-7 7H7a7 7 0 0 1-7-7z',
  'M14 0a14 14 0 0 1 0 28h7a7 7 0 0 0 7-7V7a7 7 0 0 0-7-7z',
  'M0 7a7 7 0 0 1 7-7h7v28H7a7 7 0 0 1-7-7z',
];
