import { notifyProblem } from '../../ui/feedback/notify.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { GitHubButton } from '../viewer/GitHubButton.tsx';
import { connectGitHub } from '../viewer/sign-in.ts';

/** Connects the account with GitHub, as a second way to sign in. */
export function GitHubConnection({ connected }: { connected: boolean }) {
  return (
    <Panel
      title="GitHub"
      description={connected ? 'You can sign in with your GitHub account.' : 'Connect it to sign in with one click.'}
    >
      {connected ? (
        <span className="muted">Connected</span>
      ) : (
        <GitHubButton
          label="Connect GitHub"
          begin={connectGitHub}
          onProblem={(message) => notifyProblem({ message })}
        />
      )}
    </Panel>
  );
}
