import { isGroupMet } from '../../../../server/domain/credentials/form.ts';

type Field = { name: string; required: boolean; group?: string | null; together?: readonly string[] };

/** Reports whether the named fields suffice for a call: all that are required, and of a required group what suffices. */
export const isEnough = (fields: readonly Field[], given: readonly string[]): boolean =>
  fields.every((field) => {
    if (!field.required) return true;
    if (!field.group) return given.includes(field.name);
    return isGroupMet(
      fields.filter(({ group }) => group === field.group),
      (name) => given.includes(name),
    );
  });
