import { parametersOf } from './schema.ts';
import classes from './ToolList.module.css';

/** The parameters of a tool, read from its JSON Schema. */
export function Parameters({ schema }: { schema: unknown }) {
  const parameters = parametersOf(schema);
  if (parameters.length === 0) return <p className="muted small">No parameters.</p>;
  return (
    <dl className={classes.parameters}>
      {parameters.map((parameter) => (
        <div key={parameter.name}>
          <dt>
            <code>{parameter.name}</code>
            <span className={classes.type}>{parameter.type}</span>
            {parameter.required && <span className={classes.required}>required</span>}
          </dt>
          {(parameter.description || parameter.choices.length > 0) && (
            <dd>
              {parameter.description}
              {parameter.choices.length > 0 && <> One of: {parameter.choices.map(String).join(', ')}.</>}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
