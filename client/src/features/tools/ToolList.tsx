import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
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

/** Above this many tools a search is quicker than the eye. */
const SEARCH_FROM = 8;

/** What the server offers, as its handshake found it: tools with their parameters, resources, prompts. */
export function Capabilities(props: { deployment: FragmentType<typeof CapabilitiesFragment> }) {
  const deployment = readFragment(CapabilitiesFragment, props.deployment);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const { tools, resources, prompts, currentRelease } = deployment;
  const shown = tools.filter(
    (tool) =>
      wanted === '' || `${tool.name} ${tool.title ?? ''} ${tool.description ?? ''}`.toLowerCase().includes(wanted),
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
          tools.length >= SEARCH_FROM && (
            <TextInput
              size="xs"
              leftSection={<IconSearch size={14} />}
              placeholder="Search tools"
              aria-label="Search tools"
              data-page-search
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          )
        }
      >
        {tools.length === 0 ? (
          <EmptyState title={currentRelease ? 'This server offers no tools.' : 'No tools yet.'}>
            {!currentRelease && 'They are listed as soon as the server has answered its first handshake.'}
          </EmptyState>
        ) : (
          <ul className={classes.list} aria-label="Tools">
            {shown.map((tool) => (
              <li key={tool.name}>
                <ToolItem tool={tool} databaseId={deployment.databaseId} />
              </li>
            ))}
            {shown.length === 0 && <li className={classes.none}>No tool matches.</li>}
          </ul>
        )}
      </Panel>
      {resources.length > 0 && (
        <Panel title={`Resources (${resources.length})`} flush>
          <ul className={classes.list} aria-label="Resources">
            {resources.slice(0, RESOURCES_SHOWN).map((resource) => (
              <li key={resource.uri} className={classes.plain}>
                <code className={classes.name}>{resource.uri}</code>
                <span className={classes.short}>
                  {[resource.name, resource.mimeType, resource.template && 'template'].filter(Boolean).join(' · ')}
                </span>
                <Link
                  className="link small"
                  aria-label={`Read it: ${resource.uri}`}
                  to={`/deployments/${deployment.databaseId}/playground?resource=${encodeURIComponent(resource.uri)}`}
                >
                  Read it
                </Link>
              </li>
            ))}
            {resources.length > RESOURCES_SHOWN && (
              <li className={classes.none}>and {resources.length - RESOURCES_SHOWN} more, in the playground</li>
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

const RESOURCES_SHOWN = 50;
