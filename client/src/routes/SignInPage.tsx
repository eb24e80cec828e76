import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { GitHubButton } from '../features/viewer/GitHubButton.tsx';
import { LinkHelp } from '../features/viewer/LinkHelp.tsx';
import { MailLinkForm } from '../features/viewer/MailLinkForm.tsx';
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
      mailSignIn
      gitHubSignIn
    }
  }
`);

export function Component() {
  const { data } = useQuery(SignInPageDocument, { fetchPolicy: 'network-only' });
  const location = useLocation();
  const [params] = useSearchParams();
  const [byMail, setByMail] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const to = pathWithin((location.state as { from?: unknown } | null)?.from); // history state is untyped
  if (data?.viewer) return <Navigate to={to} replace />;

  const reason = problem ?? reasonFor(params.get('error'));
  const {
    passwordSignIn = false,
    mailSignIn = false,
    gitHubSignIn = false,
    signUpOpen = false,
  } = data?.installation ?? {};
  return (
    <main className={classes.screen}>
      <Page title="Sign in">
        <div className={classes.card}>
          <div className={classes.brand}>
            <BrandMark size={32} />
            <span>Catwalk</span>
          </div>
          <h1 className={classes.title}>{passwordSignIn ? 'Sign in' : 'Open your sign-in link'}</h1>
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
              {byMail ? <MailLinkForm /> : <PasswordForm onSignedIn={() => window.location.assign(to)} />}
              {mailSignIn ? (
                <p className={classes.text}>
                  {byMail ? 'Know your password? ' : signUpOpen ? 'No account yet, or no password? ' : 'No password? '}
                  <button type="button" className={signInClasses.switch} onClick={() => setByMail(!byMail)}>
                    {byMail ? 'Sign in with it' : 'Get a link by email'}
                  </button>
                </p>
              ) : (
                <p className={classes.text}>
                  No account or forgot your password? Ask the administrator for a sign-in link.
                </p>
              )}
            </>
          )}
        </div>
      </Page>
    </main>
  );
}
