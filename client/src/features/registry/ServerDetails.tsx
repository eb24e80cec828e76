import { useQuery } from '@apollo/client/react';
import { ActionIcon, Button } from '@mantine/core';
import { IconRosetteDiscountCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link, type To } from 'react-router';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import type { RegistryServerQuery } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { newPath } from '../../navigation/pages.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { Kinds } from './Kinds.tsx';
import { Outside } from './Outside.tsx';
import { Packages } from './Packages.tsx';
import classes from './ServerDetails.module.css';

const RegistryServerDocument = graphql(`
  query RegistryServer($name: String!) {
    registryServer(name: $name) {
      id
      name
      title
      description
      version
      status
      statusMessage
      publishedAt
      source
      publisher {
        kind
        name
      }
      repository {
        url
        subfolder
      }
      websiteUrl
      listingUrl
      license
      deployable
      notDeployableReason
      analyzeSource
      versions {
        version
        status
        publishedAt
      }
      ...Kinds_server
      ...Packages_server
    }
  }
`);

type ServerDetailsProps = { name: string; closeTo: To };

/** Shows the registry's details of one server, and the button to deploy it. */
export function ServerDetails({ name, closeTo }: ServerDetailsProps) {
  const { data, error, refetch } = useQuery(RegistryServerDocument, { variables: { name } });
  const server = data?.registryServer;
  return (
    <aside className={classes.details} aria-label={server?.title ?? name}>
      <ActionIcon
        component={Link}
        to={closeTo}
        preventScrollReset
        className={classes.close ?? ''}
        variant="subtle"
        color="gray"
        aria-label="Close details"
      >
        <IconX size={16} />
      </ActionIcon>
      {server ? (
        <Server key={server.id} server={server} />
      ) : error && !data ? (
        <RequestFailure error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <EmptyState title="Server not found">
          <p className="mono">{name}</p>
        </EmptyState>
      ) : (
        <PanelSkeleton />
      )}
    </aside>
  );
}

type Server = NonNullable<RegistryServerQuery['registryServer']>;

const VERSIONS_SHOWN = 8;

function Server({ server }: { server: Server }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const links = [
    ['Repository', server.repository?.url],
    ['Website', server.websiteUrl],
    ['Directory', server.listingUrl],
  ] as const;
  return (
    <>
      <header className={classes.head}>
        <h2 ref={heading} tabIndex={-1} className={classes.title}>
          {server.title}
        </h2>
        <p className={classes.name}>{server.name}</p>
        <Kinds server={server} />
      </header>
      {server.description !== '' && <p className={classes.text}>{server.description}</p>}
      {server.status !== 'ACTIVE' && (
        <p className={classes.warning}>
          {server.status === 'DEPRECATED' ? 'Deprecated by its publisher.' : 'No longer listed.'} {server.statusMessage}
        </p>
      )}
      {server.deployable && server.analyzeSource ? (
        <Button component={Link} to={newPath({ source: server.analyzeSource })}>
          Deploy…
        </Button>
      ) : (
        <p className={classes.reason}>{server.notDeployableReason}</p>
      )}
      <dl className={classes.facts}>
        <div>
          <dt>Publisher</dt>
          <dd>
            {server.publisher ? (
              <>
                <IconRosetteDiscountCheck size={15} aria-hidden />{' '}
                {server.publisher.kind === 'GITHUB' ? 'GitHub account ' : 'Owner of '}
                <b>{server.publisher.name}</b>, verified by the MCP registry
              </>
            ) : (
              'Not verified'
            )}
          </dd>
        </div>
        {links.map(([label, url]) =>
          url ? (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Outside url={url} />
              </dd>
            </div>
          ) : null,
        )}
        {server.repository?.subfolder && (
          <div>
            <dt>Folder</dt>
            <dd className="mono">{server.repository.subfolder}</dd>
          </div>
        )}
        {server.license && (
          <div>
            <dt>License</dt>
            <dd>{server.license}</dd>
          </div>
        )}
      </dl>
      <Packages server={server} />
      {server.versions.length > 0 && (
        <section>
          <h3 className={classes.section}>Versions</h3>
          <ul className={classes.versions}>
            {server.versions.slice(0, VERSIONS_SHOWN).map((one) => (
              <li key={one.version}>
                <span className="mono">{one.version}</span>
                {one.status !== 'ACTIVE' && <span>{one.status.toLowerCase()}</span>}
                {one.publishedAt && <Ago at={one.publishedAt} />}
              </li>
            ))}
            {server.versions.length > VERSIONS_SHOWN && <li>and {server.versions.length - VERSIONS_SHOWN} older</li>}
          </ul>
        </section>
      )}
    </>
  );
}
