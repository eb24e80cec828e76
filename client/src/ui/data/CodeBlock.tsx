import { CopyButton } from '../inputs/CopyButton.tsx';
import classes from './CodeBlock.module.css';

type CodeBlockProps = { code: string; label: string; caption?: string; wrap?: boolean };

/** A snippet with its copy button. It is focusable, so that the keyboard can scroll it. */
export function CodeBlock({ code, label, caption, wrap = false }: CodeBlockProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.caption}>
        <span>{caption ?? label}</span>
        <CopyButton value={code} label={`Copy ${label}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={classes.code} data-wrap={wrap || undefined} tabIndex={0}>
        {code}
      </pre>
    </figure>
  );
}
