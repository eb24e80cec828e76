import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import classes from './Kinds.module.css';

const KindsFragment = graphql(`
  fragment Kinds_server on RegistryServer {
    status
    deployable
    packages {
      type
    }
    remotes {
      type
    }
  }
`);

const LABELS: Record<string, string> = {
  npm: 'npm',
  pypi: 'PyPI',
  oci: 'container',
  nuget: '.NET',
  mcpb: 'desktop bundle',
};

/** Shows the package kinds of a server, one word each. */
export function Kinds({ server: masked }: { server: FragmentType<typeof KindsFragment> }) {
  const { status, deployable, packages, remotes } = readFragment(KindsFragment, masked);
  const types = [...new Set(packages.map(({ type }) => LABELS[type] ?? 'other'))];
  const words = [...types, ...(remotes.length > 0 ? ['hosted'] : [])];
  return (
    <span className={classes.kinds}>
      {(words.length > 0 ? words : deployable ? ['source'] : []).map((word) => (
        <span key={word} className={classes.kind}>
          {word}
        </span>
      ))}
      {status === 'DEPRECATED' && <span className={classes.warning}>deprecated</span>}
      {status === 'DELETED' && <span className={classes.warning}>removed</span>}
    </span>
  );
}
