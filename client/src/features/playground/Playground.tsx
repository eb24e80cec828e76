import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';

export const PlaygroundFragment = graphql(`
  fragment Playground_deployment on Deployment {
    id
    databaseId
    status
    tools {
      name
      title
      description
      inputSchema
    }
  }
`);

export function Playground(props: { deployment: FragmentType<typeof PlaygroundFragment> }) {
  const deployment = readFragment(PlaygroundFragment, props.deployment);
  return <EmptyState title={`${deployment.tools.length} tools`} />;
}
