/** A variable that the analysis did not find. Its key identifies it while its name is still being typed. */
export type ExtraVariable = { key: string; name: string; value: string };

let created = 0;

export const extraVariable = (name = '', value = ''): ExtraVariable => {
  created += 1;
  return { key: `extra-${created}`, name, value };
};
