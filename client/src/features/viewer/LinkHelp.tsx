import { CodeBlock } from '../../ui/data/CodeBlock.tsx';
import classes from './SignIn.module.css';

/** On a server for one person a link from its own terminal is the only way in. */
export function LinkHelp() {
  return (
    <div className={classes.steps}>
      <p className={classes.text}>
        Catwalk printed a link in its terminal when it started: <code>{window.location.origin}/sign-in?token=…</code> It
        signs you in, once, in the browser that opens it.
      </p>
      <p className={classes.text}>Lost it? On the same computer this prints a fresh one; nothing has to restart:</p>
      <CodeBlock label="the command" caption="for a new link" code="npx catwalk login" />
    </div>
  );
}
