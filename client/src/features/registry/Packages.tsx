import { type FragmentType, graphql, readFragment } from '../../generated/index.ts';
import { Outside } from './Outside.tsx';
import classes from './Packages.module.css';

const PackagesFragment = graphql(`
  fragment Packages_server on RegistryServer {
    packages {
      type
      identifier
      version
      transport
      url
      variables {
        name
        description
        required
        secret
      }
    }
    remotes {
      type
      url
    }
  }
`);

const notesOf = ({ required, secret }: { required: boolean; secret: boolean }): string[] => [
  ...(required ? ['required'] : []),
  ...(secret ? ['secret'] : []),
];

/** Lists the packages of a server with the variables it reads, and the addresses at which it is hosted. */
export function Packages({ server: masked }: { server: FragmentType<typeof PackagesFragment> }) {
  const { packages, remotes } = readFragment(PackagesFragment, masked);
  return (
    <>
      {packages.length > 0 && (
        <section>
          <h3 className={classes.title}>Packages</h3>
          <ul className={classes.list}>
            {packages.map((one) => (
              <li key={`${one.type} ${one.identifier} ${one.version}`}>
                <p className={classes.package}>
                  <span className={classes.type}>{one.type}</span>
                  {one.url ? <Outside url={one.url}>{one.identifier}</Outside> : <span>{one.identifier}</span>}
                  {one.version && <span className={classes.version}>{one.version}</span>}
                  {one.transport && one.transport !== 'stdio' && (
                    <span className={classes.version}>{one.transport}</span>
                  )}
                </p>
                {one.variables.length > 0 && (
                  <dl className={classes.variables}>
                    {one.variables.map((variable) => (
                      <div key={variable.name}>
                        <dt>
                          {variable.name}
                          <span> {notesOf(variable).join(', ')}</span>
                        </dt>
                        {variable.description && <dd>{variable.description}</dd>}
                      </div>
                    ))}
                  </dl>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {remotes.length > 0 && (
        <section>
          <h3 className={classes.title}>Hosted at</h3>
          <ul className={classes.list}>
            {remotes.map((one) => (
              <li key={one.url} className={classes.package}>
                <span className={classes.type}>{one.type}</span>
                <span className="mono">{one.url}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
