import { useQuery } from '@apollo/client/react';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { ViewerDocument } from '../features/viewer/viewer.ts';
import { BrandMark } from '../ui/Brand.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Page } from '../ui/Page.tsx';
import classes from './SignInPage.module.css';

/** Where a refused or used link leads: the server adds the reason. */
const REASONS: Record<string, string> = {
  expired: 'That link has expired. Each works for a limited time.',
  used: 'That link was already used. Each works once.',
  invalid: 'That link is not one of this server’s, or it is not whole.',
};

export function Component() {
  const { data } = useQuery(ViewerDocument, { fetchPolicy: 'network-only' });
  const location = useLocation();
  const [params] = useSearchParams();
  const reason = params.get('error');
  if (data?.viewer) {
    const from: unknown = (location.state as { from?: unknown } | null)?.from; // history state is untyped
    return <Navigate to={typeof from === 'string' && from.startsWith('/') ? from : '/deployments'} replace />;
  }
  return (
    <main className={classes.screen}>
      <Page title="Sign in">
        <div className={classes.card}>
          <div className={classes.brand}>
            <BrandMark size={32} />
            <span>Catwalk</span>
          </div>
          <h1 className={classes.title}>Open your sign-in link</h1>
          {reason && (
            <p className={classes.reason} role="alert">
              {REASONS[reason] ?? 'That link did not work.'} A new one takes a moment:
            </p>
          )}
          <p className={classes.text}>
            Catwalk printed a link when it started. It looks like this and signs you in, once, in the browser that opens
            it:
          </p>
          <CodeBlock
            label="example of a link"
            caption="in the terminal"
            code={`${window.location.origin}/sign-in?token=…`}
          />
          <p className={classes.text}>
            Lost it? Every start of Catwalk prints a new one; deployments come back by themselves:
          </p>
          <CodeBlock label="the command" caption="for a new link" code="npm start" />
        </div>
      </Page>
    </main>
  );
}
