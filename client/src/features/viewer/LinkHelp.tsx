import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import classes from './SignIn.module.css';

/** Explains the sign-in link: on a server for one person, a link from its own terminal is the only way to sign in. */
export function LinkHelp() {
  return (
    <div className={classes.steps}>
      <p className={classes.text}>
        Catwalk printed a sign-in link in its terminal when it started:{' '}
        <code>{window.location.origin}/sign-in?token=…</code> The link works once.
      </p>
      <p className={classes.text}>Lost it? Run this on the same computer for a new link. Catwalk keeps running.</p>
      <CodeBlock label="command" caption="Get a new link" code="npx catwalk-mcp login" />
    </div>
  );
}
