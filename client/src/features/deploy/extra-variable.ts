/** A variable that the analysis did not find. Its key names it while its name is still being typed. */
export type ExtraVariable = { key: string; name: string; value: string };

let made = 0;

export const extraVariable = (name = '', value = ''): ExtraVariable => {
  made += 1;
  return { key: `extra-${made}`, name, value };
};
