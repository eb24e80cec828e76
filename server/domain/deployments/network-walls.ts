/** Decides if what machines reach over the network can be limited. `reason` is a sentence, `hint` says what to do. */
export type NetworkWalls =
  | {
      works: true;
      /** An entry may open a private address: for one person alone. */
      mayNamePrivate: boolean;
    }
  | { works: false; reason: string; hint: string };
