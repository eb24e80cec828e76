import { IconEyeOff } from '@tabler/icons-react';
import { useSearchParams } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EntryList, NoEntries } from '../../ui/data/EntryList.tsx';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { NewView } from './NewView.tsx';
import { ViewAddress } from './ViewAddress.tsx';
import { ViewEditor } from './ViewEditor.tsx';
import { ViewEntry } from './ViewEntry.tsx';
import { ViewNaming } from './ViewNaming.tsx';

export const ViewsFragment = graphql(`
  fragment Views_deployment on Deployment {
    id
    databaseId
    name
    access
    viewerRole
    currentRelease {
      id
      runtime
      instructions
    }
    tools {
      name
      title
      description
      inputSchema
    }
    prompts {
      name
      description
    }
    resources {
      uri
      name
    }
    views {
      id
      name
      ...ViewEntry_view
      ...ViewEditor_view
      ...ViewAddress_view
    }
    accessTokens {
      id
      name
      view {
        id
      }
    }
  }
`);

type ViewsProps = { deployment: FragmentType<typeof ViewsFragment>; onChanged: () => Promise<unknown> };

/** The views of a deployment: their list, and the one that the address names, open for editing. */
export function Views({ onChanged, ...props }: ViewsProps) {
  const deployment = readFragment(ViewsFragment, props.deployment);
  const [query, setQuery] = useSearchParams();
  const { id, databaseId, currentRelease, tools, prompts, resources, views } = deployment;
  const isOwner = deployment.viewerRole === 'OWN';
  const open = views.find(({ name }) => name === query.get('view'));
  const boundTokens = deployment.accessTokens.filter(({ view }) => view?.id === open?.id).map(({ name }) => name);
  if (currentRelease?.runtime === 'REMOTE') {
    return (
      <Panel title="Views">
        <EmptyState icon={<IconEyeOff size={28} />} title="Remote servers have no views">
          A view is enforced next to the server. This server runs elsewhere. Deploy its package to use views.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <Panel
        title="Views"
        description="Each view shows a part of the server at an address of its own. Clients find nothing of the rest."
        flush
      >
        {isOwner && (
          <NewView
            deploymentId={id}
            names={views.map(({ name }) => name)}
            onCreated={async (name) => {
              await onChanged();
              setQuery({ view: name });
            }}
          />
        )}
        {views.length === 0 && (
          <NoEntries>
            No views yet. From a terminal:{' '}
            <code>{`catwalk views ${databaseId.slice(0, 8)} --save read-only --allow 'get_*'`}</code>
          </NoEntries>
        )}
        <EntryList>
          {views.map((view) => (
            <ViewEntry key={view.id} view={view} isOpen={view === open} isOwner={isOwner} />
          ))}
        </EntryList>
      </Panel>
      {open && (
        <>
          <ViewEditor
            key={open.id}
            deploymentId={id}
            databaseId={databaseId}
            view={open}
            tools={tools}
            prompts={prompts}
            resources={resources}
            instructions={currentRelease?.instructions ?? null}
            isOwner={isOwner}
          />
          <ViewAddress
            deployment={deployment}
            view={open}
            boundTokens={boundTokens}
            isOwner={isOwner}
            onTokenCreated={() => void onChanged()}
          />
          {isOwner && (
            <ViewNaming
              key={`${open.id} ${open.name}`}
              deploymentId={id}
              id={open.id}
              name={open.name}
              boundTokens={boundTokens}
              onRenamed={(name) => setQuery({ view: name }, { replace: true })}
              onDeleted={() => setQuery({}, { replace: true })}
            />
          )}
        </>
      )}
    </>
  );
}
