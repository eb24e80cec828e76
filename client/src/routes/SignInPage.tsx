import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { GitHubButton } from '../features/viewer/GitHubButton.tsx';
import { LinkHelp } from '../features/viewer/LinkHelp.tsx';
import { PasswordForm } from '../features/viewer/PasswordForm.tsx';
import { reasonFor } from '../features/viewer/reasons.ts';
import signInClasses from '../features/viewer/SignIn.module.css';
import { pathWithin, signInWithGitHub } from '../features/viewer/sign-in.ts';
import { graphql } from '../generated/index.ts';
import { BrandMark } from '../ui/layout/Brand.tsx';
import { Page } from '../ui/layout/Page.tsx';
import classes from './SignInPage.module.css';

const SignInPageDocument = graphql(`
  query SignInPage {
    viewer {
      id
    }
    installation {
      signUpOpen
      passwordSignIn
      gitHubSignIn
    }
  }
`);

export function Component() {
  const { data } = useQuery(SignInPageDocument, { fetchPolicy: 'network-only' });
  const location = useLocation();
  const [params] = useSearchParams();
  const [isNew, setIsNew] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const to = pathWithin((location.state as { from?: unknown } | null)?.from); // history state is untyped
  if (data?.viewer) return <Navigate to={to} replace />;

  const reason = problem ?? reasonFor(params.get('error'));
  const { passwordSignIn = false, gitHubSignIn = false, signUpOpen = false } = data?.installation ?? {};
  return (
    <main className={classes.screen}>
      <Page title="Sign in">
        <div className={classes.card}>
          <div className={classes.brand}>
            <BrandMark size={32} />
            <span>Catwalk</span>
          </div>
          <h1 className={classes.title}>
            {passwordSignIn ? (isNew ? 'Create an account' : 'Sign in') : 'Open your sign-in link'}
          </h1>
          {reason && (
            <p className={classes.reason} role="alert">
              {reason}
            </p>
          )}
          {data && !passwordSignIn && <LinkHelp />}
          {gitHubSignIn && (
            <GitHubButton label="Continue with GitHub" begin={() => signInWithGitHub(to)} onProblem={setProblem} />
          )}
          {gitHubSignIn && passwordSignIn && <div className={signInClasses.or}>or</div>}
          {passwordSignIn && (
            <>
              <PasswordForm key={String(isNew)} isNew={isNew} onSignedIn={() => window.location.assign(to)} />
              {signUpOpen && (
                <p className={classes.text}>
                  {isNew ? 'Already have an account? ' : 'No account yet? '}
                  <button type="button" className={signInClasses.switch} onClick={() => setIsNew(!isNew)}>
                    {isNew ? 'Sign in' : 'Create one'}
                  </button>
                </p>
              )}
              {!signUpOpen && <p className={classes.text}>Sign-up is closed on this server.</p>}
            </>
          )}
        </div>
      </Page>
    </main>
  );
}
