import { useMemo } from 'react';
import { groupOf } from '../schema-form/node.ts';
import classes from './ToolList.module.css';

/** Lists the parameters of a tool from its JSON Schema. */
export function Parameters({ schema }: { schema: unknown }) {
  const { members } = useMemo(() => groupOf(schema), [schema]);
  if (members.length === 0) return <p className="muted small">No parameters.</p>;
  return (
    <dl className={classes.parameters}>
      {members.map(({ name, node }) => {
        const choices = node.kind === 'choice' || node.kind === 'choices' ? node.choices : [];
        const about = node.description ?? node.title;
        return (
          <div key={name}>
            <dt>
              <code>{name}</code>
              <span className={classes.type}>{node.type}</span>
              {node.required && <span className={classes.required}>required</span>}
            </dt>
            {(about || choices.length > 0) && (
              <dd>
                {about}
                {choices.length > 0 && <> One of: {choices.map(({ label }) => label).join(', ')}.</>}
              </dd>
            )}
          </div>
        );
      })}
    </dl>
  );
}
