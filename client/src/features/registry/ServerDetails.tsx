import { useQuery } from '@apollo/client/react';
import { ActionIcon, Button } from '@mantine/core';
import { IconRosetteDiscountCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link, type To } from 'react-router';
import type { RegistryServerQuery } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { EmptyState } from '../../ui/feedback/EmptyState.tsx';
import { RequestFailure } from '../../ui/feedback/RequestFailure.tsx';
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

/** What a registry says of one server, and the way to deploy it. */
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
        <EmptyState title="No server is listed under this name.">
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
    ['In the directory', server.listingUrl],
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
          {server.status === 'DEPRECATED' ? 'Its publisher says not to use it any more.' : 'It is not listed any more.'}{' '}
          {server.statusMessage}
        </p>
      )}
      {server.deployable && server.analyzeSource ? (
        <Button component={Link} to={`/new?source=${encodeURIComponent(server.analyzeSource)}`}>
          Deploy this
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
                {server.publisher.kind === 'GITHUB' ? 'GitHub account ' : 'owner of '}
                <b>{server.publisher.name}</b>, checked by the MCP registry
              </>
            ) : (
              'not checked by anybody'
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
