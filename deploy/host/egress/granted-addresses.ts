const ADDRESSES_MAX = 4_096;
const NAMES_MAX = 16;

/** The names by which a server was given addresses. Programs may keep an address for long, so nothing expires. */
export type GrantedAddresses = {
  grant(address: string, name: string): void;
  namesOf(address: string): readonly string[];
};

export const createGrantedAddresses = (): GrantedAddresses => {
  const names = new Map<string, string[]>();
  return {
    grant: (address, name) => {
      const known = (names.get(address) ?? []).filter((one) => one !== name);
      names.delete(address); // the address comes last now: the longest unused one goes first
      names.set(address, [name, ...known].slice(0, NAMES_MAX));
      if (names.size > ADDRESSES_MAX) names.delete(names.keys().next().value ?? '');
    },
    namesOf: (address) => names.get(address) ?? [],
  };
};
