import { Link, type To } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { ServerIcon } from '../server-icon/ServerIcon.tsx';
import { Kinds } from './Kinds.tsx';
import classes from './RegistryRow.module.css';

export const RegistryRowFragment = graphql(`
  fragment RegistryRow_server on RegistryServer {
    id
    name
    title
    description
    version
    publishedAt
    iconUrl
    ...Kinds_server
  }
`);

type RegistryRowProps = { server: FragmentType<typeof RegistryRowFragment>; to: To; isOpen: boolean };

/** One server with its name, description and package kinds. Strangers wrote its texts, which show as plain text. */
export function RegistryRow({ server: masked, to, isOpen }: RegistryRowProps) {
  const server = readFragment(RegistryRowFragment, masked);
  return (
    <article className={classes.row} data-open={isOpen || undefined}>
      <div className={classes.head}>
        <ServerIcon name={server.name} url={server.iconUrl} size={24} />
        <Link
          to={to}
          preventScrollReset
          className={classes.link ?? ''}
          {...(isOpen ? { 'aria-current': 'true' as const } : {})}
        >
          {server.title}
        </Link>
        <Kinds server={server} />
      </div>
      <p className={classes.name}>{server.name}</p>
      {server.description !== '' && <p className={classes.description}>{server.description}</p>}
      <p className={classes.facts}>
        {server.version && <span className="mono">{server.version}</span>}
        {server.publishedAt && <Ago at={server.publishedAt} />}
      </p>
    </article>
  );
}
