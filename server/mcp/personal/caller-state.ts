/** A caller's own values, as the endpoint knows them: never their content. */
export type CallerState = {
  /** Another one with each change. */
  revision: string;
  /** Names of the fields that a call needs and that have no value. */
  missing: readonly string[];
};

/** The personal part of a route. */
export type PersonalRoute = {
  /** By user id, and by token id; the dashboard's own tokens stand for the owner. */
  users: ReadonlyMap<string, CallerState>;
  tokens: ReadonlyMap<string, CallerState>;
  /** Of everyone else. */
  none: CallerState;
};
