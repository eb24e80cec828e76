import { complain } from '../../ui/feedback/complain.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { GitHubButton } from '../viewer/GitHubButton.tsx';
import { connectGitHub } from '../viewer/sign-in.ts';

/** Lets somebody who has an account here sign in with GitHub as well. */
export function GitHubConnection({ connected }: { connected: boolean }) {
  return (
    <Panel
      title="GitHub"
      description={connected ? 'You can sign in with your GitHub account.' : 'Sign in with one click from then on.'}
    >
      {connected ? (
        <span className="muted">Connected.</span>
      ) : (
        <GitHubButton label="Connect GitHub" begin={connectGitHub} onProblem={(message) => complain({ message })} />
      )}
    </Panel>
  );
}
