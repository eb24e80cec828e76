import { useState } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { SearchField } from '../../ui/inputs/SearchField.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { PromptItem } from './PromptItem.tsx';
import { ToolItem } from './ToolItem.tsx';
import classes from './ToolList.module.css';

export const CapabilitiesFragment = graphql(`
  fragment Capabilities_deployment on Deployment {
    id
    databaseId
    status
    tools {
      name
      title
      description
      inputSchema
      annotations
    }
    resources {
      uri
      name
      description
      mimeType
      template
    }
    prompts {
      name
      description
      arguments
    }
    currentRelease {
      id
      serverName
      protocolVersion
      instructions
    }
  }
`);

/** From this many tools, the list has a search. */
const SEARCH_FROM = 8;

/** Lists the tools with their parameters, the resources and the prompts, as the handshake found them. */
export function Capabilities(props: { deployment: FragmentType<typeof CapabilitiesFragment> }) {
  const deployment = readFragment(CapabilitiesFragment, props.deployment);
  const [search, setSearch] = useState('');
  const query = search.trim().toLowerCase();
  const { tools, resources, prompts, currentRelease } = deployment;
  const shown = tools.filter(
    (tool) =>
      query === '' || `${tool.name} ${tool.title ?? ''} ${tool.description ?? ''}`.toLowerCase().includes(query),
  );
  const facts = [
    currentRelease?.serverName,
    currentRelease?.protocolVersion && `MCP ${currentRelease.protocolVersion}`,
  ].filter(Boolean);

  return (
    <>
      <Panel
        title={tools.length > 0 ? `Tools (${tools.length})` : 'Tools'}
        description={facts.length > 0 ? facts.join(' · ') : undefined}
        flush
        actions={
          tools.length >= SEARCH_FROM && <SearchField label="Search tools" value={search} onChange={setSearch} />
        }
      >
        {tools.length === 0 ? (
          <EmptyState title={currentRelease ? 'This server has no tools.' : 'No tools yet.'}>
            {!currentRelease && 'Tools appear here once the server is running.'}
          </EmptyState>
        ) : (
          <ul className={classes.list} aria-label="Tools">
            {shown.map((tool) => (
              <li key={tool.name}>
                <ToolItem tool={tool} databaseId={deployment.databaseId} />
              </li>
            ))}
            {shown.length === 0 && <li className={classes.none}>No tools match “{search.trim()}”.</li>}
          </ul>
        )}
      </Panel>
      {resources.length > 0 && (
        <Panel title={`Resources (${resources.length})`} flush>
          <ul className={classes.list} aria-label="Resources">
            {resources.slice(0, RESOURCES_SHOWN_MAX).map((resource) => (
              <li key={resource.uri} className={classes.plain}>
                <code className={classes.name}>{resource.uri}</code>
                <span className={classes.short}>
                  {[resource.name, resource.mimeType, resource.template && 'template'].filter(Boolean).join(' · ')}
                </span>
                <Link
                  className="link small"
                  aria-label={`Read ${resource.uri}`}
                  to={`${deploymentPath(deployment.databaseId, 'playground')}?resource=${encodeURIComponent(resource.uri)}`}
                >
                  Read
                </Link>
              </li>
            ))}
            {resources.length > RESOURCES_SHOWN_MAX && (
              <li className={classes.none}>
                and {resources.length - RESOURCES_SHOWN_MAX} more. See all of them in the playground.
              </li>
            )}
          </ul>
        </Panel>
      )}
      {prompts.length > 0 && (
        <Panel title={`Prompts (${prompts.length})`} flush>
          <ul className={classes.list} aria-label="Prompts">
            {prompts.map((prompt) => (
              <li key={prompt.name}>
                <PromptItem prompt={prompt} databaseId={deployment.databaseId} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

const RESOURCES_SHOWN_MAX = 50;
