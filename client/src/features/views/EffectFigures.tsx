import classes from './Views.module.css';

type Effect = { toolsBefore: number; toolsAfter: number; tokensBefore: number; tokensAfter: number };

const numbers = new Intl.NumberFormat('en-US');

/** The change in percent, such as `−68 %`; empty where there is none. */
const percent = (before: number, after: number): string => {
  const change = before === 0 ? 0 : Math.round(((after - before) / before) * 100);
  return change === 0 ? '' : `${change < 0 ? '−' : '+'}${Math.abs(change)} %`;
};

/** Shows the tools of a view, and the size of `tools/list`, beside those of the whole server. */
export function EffectFigures({ effect }: { effect: Effect }) {
  const { toolsBefore, toolsAfter, tokensBefore, tokensAfter } = effect;
  return (
    <dl className={classes.figures}>
      <div>
        <dt>Tools</dt>
        <dd>
          <s>{numbers.format(toolsBefore)}</s> <span className="visually-hidden">before, now</span>
          <span aria-hidden>→</span> <strong>{numbers.format(toolsAfter)}</strong>
        </dd>
      </div>
      <div title="Estimated: one token for four characters of the answer to tools/list">
        <dt>Tokens of tools/list</dt>
        <dd>
          <s>{numbers.format(tokensBefore)}</s> <span className="visually-hidden">before, now</span>
          <span aria-hidden>→</span> <strong>{numbers.format(tokensAfter)}</strong>{' '}
          <span className={classes.percent}>{percent(tokensBefore, tokensAfter)}</span>
        </dd>
      </div>
    </dl>
  );
}
