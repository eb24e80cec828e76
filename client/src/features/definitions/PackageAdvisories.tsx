import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { count } from '../../ui/data/count.ts';
import { Ago } from '../../ui/data/Times.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import classes from './Definitions.module.css';

const PackageAdvisoriesFragment = graphql(`
  fragment PackageAdvisories_deployment on Deployment {
    id
    packageCheck {
      packageCount
      checkedAt
      problem
      advisories {
        advisoryId
        summary
        url
        severity
        package
        version
        fixed
      }
    }
  }
`);

const SEVERITIES: Record<string, string> = {
  CRITICAL: 'Critical',
  HIGH: 'High',
  MODERATE: 'Moderate',
  LOW: 'Low',
  UNKNOWN: 'Severity unknown',
};

/** Lists the advisories about the packages of the server; nothing where its packages were never compared with any. */
export function PackageAdvisories(props: { deployment: FragmentType<typeof PackageAdvisoriesFragment> }) {
  const { packageCheck: check } = readFragment(PackageAdvisoriesFragment, props.deployment);
  if (!check || (!check.checkedAt && !check.problem)) return null;
  return (
    <Panel
      title="Known advisories"
      description={
        <>
          {count(check.packageCount, 'package')}
          {check.checkedAt && (
            <>
              , compared <Ago at={check.checkedAt} />
            </>
          )}
          .
        </>
      }
    >
      {check.problem && <p className={classes.problem}>{check.problem}</p>}
      {check.advisories.length === 0 ? (
        <p className={classes.none}>No known advisory is about an installed version.</p>
      ) : (
        <ul className={classes.list} aria-label="Known advisories">
          {check.advisories.map((one) => (
            <li key={`${one.advisoryId} ${one.package} ${one.version}`} className={classes.advisory}>
              <p className={classes.badges}>
                <span className={classes.badge} data-severity={one.severity}>
                  {SEVERITIES[one.severity] ?? one.severity}
                </span>
                <code>
                  {one.package} {one.version}
                </code>
                <span>{one.fixed ? `Fixed in ${one.fixed}` : 'No fixed version'}</span>
              </p>
              <p className={classes.none}>
                {one.url ? (
                  <a href={one.url} target="_blank" rel="noreferrer">
                    {one.advisoryId}
                  </a>
                ) : (
                  one.advisoryId
                )}{' '}
                {one.summary}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
