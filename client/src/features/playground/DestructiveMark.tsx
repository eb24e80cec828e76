import classes from './Playground.module.css';

/** Marks a tool that can delete or overwrite data. It is the server's own claim (`destructiveHint`). */
export const DestructiveMark = () => (
  <span className={classes.destructive} title="According to the server, this tool can delete or overwrite data.">
    destructive
  </span>
);
