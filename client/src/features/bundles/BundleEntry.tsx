import { Link } from 'react-router';
import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { deploymentPath } from '../../navigation/pages.ts';
import { count } from '../../ui/data/count.ts';
import { CopyButton } from '../../ui/inputs/CopyButton.tsx';
import { StatusBadge } from '../status/StatusBadge.tsx';
import classes from './Bundles.module.css';
import { faultOf } from './member-fault.ts';

export const BundleEntryFragment = graphql(`
  fragment BundleEntry_deployment on Deployment {
    id
    databaseId
    name
    status
    endpointUrl
    members {
      prefix
      databaseId
      name
      status
      view
    }
    bundleEffect {
      tools {
        name
        prefix
        description
      }
      tokens
    }
  }
`);

const numbers = new Intl.NumberFormat('en-US');

/** One bundle in the list: its servers, its size, its address, and which servers are unavailable. */
export function BundleEntry(props: { bundle: FragmentType<typeof BundleEntryFragment> }) {
  const { databaseId, name, status, endpointUrl, members, bundleEffect } = readFragment(
    BundleEntryFragment,
    props.bundle,
  );
  const away = members.filter((one) => faultOf(one.status) !== null).map((one) => one.name);
  return (
    <li className={classes.bundle} aria-label={name}>
      <div className={classes.line}>
        <Link className={classes.bundleName} to={deploymentPath(databaseId)}>
          {name}
        </Link>
        <StatusBadge status={status} />
        <span className="muted small">
          {count(members.length, 'server')} · {count(bundleEffect.tools.length, 'tool')} · about{' '}
          {numbers.format(bundleEffect.tokens)} tokens
        </span>
      </div>
      <div className={classes.line}>
        <code className={`${classes.address} truncate`}>{endpointUrl.replace(/^https?:\/\//, '')}</code>
        <CopyButton value={endpointUrl} label={`Copy endpoint of ${name}`} />
      </div>
      {members.length > 0 && <p className={classes.names}>{members.map((one) => one.name).join(', ')}</p>}
      {away.length > 0 && <p className={classes.fault}>Unavailable: {away.join(', ')}</p>}
    </li>
  );
}
