/** A host receives the rules of views: they name the part of a server that the callers of one address reach. */

/** A rule for one argument of a tool: the client neither sees it nor sets it. */
export type ArgumentRule =
  /** Every call has this JSON value. */
  | { fixed: unknown }
  /** No call has a value. */
  | { hidden: true };

/** The changes of one tool; members that are absent stay as the server gives them. */
export type ToolChange = {
  name?: string;
  title?: string;
  description?: string;
  arguments?: Record<string, ArgumentRule>;
};

/**
 * Names, or patterns in which `*` stands for any text. Null allows everything; what is denied is hidden although it is
 * allowed. Names and URIs are the server's own.
 */
export type Selection = { allow: string[] | null; deny: string[] };

export type ViewRules = {
  tools: Selection & {
    /** By the server's own names. */
    changes: Record<string, ToolChange>;
  };
  prompts: Selection;
  /** By URI; in the template of a resource `{…}` stands for any text, too. */
  resources: Selection;
  /** Takes the place of the server's instructions; null leaves those, an empty text sends none. */
  instructions: string | null;
};

/** `POST /views`: the rules of a view; older ones never take the place of newer ones. Answers 200. */
export type HeldView = {
  id: string;
  /** Higher with each change of the rules. */
  revision: number;
  rules: ViewRules;
};

/** Before the paths of a host that serves a view: a host that knows no views answers 404, and serves nothing in full. */
export const VIEW_PATH = '/view';
/** The revision of the view that a request needs. */
export const VIEW_HEADER = 'catwalk-view';
/** Stands on a 428: the host does not hold this revision, and has not begun with the request. */
export const VIEW_WANTED_HEADER = 'catwalk-view-wanted';

/** No principal holds a space. */
const SEPARATOR = ' view:';

/** A caller in a view: a principal of its own, so that nothing is shared between two views. */
export const principalInView = (principal: string, viewId: string): string => principal + SEPARATOR + viewId;

/** The id of the view; null for a principal that sees the whole server. */
export const viewOfPrincipal = (principal: string): string | null => {
  const at = principal.lastIndexOf(SEPARATOR);
  return at === -1 ? null : principal.slice(at + SEPARATOR.length);
};

/** The caller itself, whatever it sees. */
export const principalWithoutView = (principal: string): string => {
  const at = principal.lastIndexOf(SEPARATOR);
  return at === -1 ? principal : principal.slice(0, at);
};
