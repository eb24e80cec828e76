import { SchemaField } from './SchemaField.tsx';
import classes from './SchemaForm.module.css';
import type { SchemaForm } from './schema-form.ts';
import type { Suggest } from './suggest.ts';

/** Shows every field of a form, in the order of its schema. */
export function SchemaFields({ form, suggest }: { form: SchemaForm; suggest?: Suggest | undefined }) {
  return (
    <div className={classes.fields}>
      {form.node.members.map(({ name, node }) => (
        <SchemaField
          key={name}
          node={node}
          name={name}
          path={name}
          draft={form.draft[name]}
          problems={form.problems}
          idOf={form.idOf}
          suggest={suggest}
          onChange={(draft) => form.set(name, draft)}
        />
      ))}
    </div>
  );
}
