/** Headers between the endpoint and the host; the endpoint drops every `Catwalk-*` header of a caller. */

export const HOST_TOKEN_HEADER = 'catwalk-host-token';
/** Names the caller: an opaque string; children are never shared between principals. Absent: `anonymous`. */
export const PRINCIPAL_HEADER = 'catwalk-principal';
/** The endpoint's label of the caller: the host hands it back with each call, and records no call without one. */
export const CALLER_HEADER = 'catwalk-caller';
/** With the value `1` the arguments and the results of the request's calls are recorded as well. */
export const RECORD_BODIES_HEADER = 'catwalk-record-bodies';
/**
 * With the value `1` the endpoint wants the spans of the request's calls, and the header `traceparent` names its own span:
 * the host hands the trace on to the child, and records the place of each call in it.
 */
export const TRACE_HEADER = 'catwalk-trace';
/** Names a call in the lines of the host's log: letters, digits and hyphens. */
export const REQUEST_ID_HEADER = 'catwalk-request-id';
/** Names the caller's values that a request needs: a revision, or `missing` with the names and the page to enter them. */
export const VALUES_HEADER = 'catwalk-values';
export const VALUES_MISSING = 'missing';
/** The revision of a caller that needs no values. */
export const VALUES_NONE = 'none';
/** With `missing`: the names, separated by commas, and the address of the page. */
export const VALUES_NAMES_HEADER = 'catwalk-values-names';
export const VALUES_PAGE_HEADER = 'catwalk-values-page';
/** Stands on a 428: the host does not hold these values, and has not begun with the request. */
export const VALUES_WANTED_HEADER = 'catwalk-values-wanted';
/** Set on each error of a host: an error without it was sent by a proxy on the way. */
export const HOST_MARK_HEADER = 'catwalk-host';
/**
 * Names the connection of an HTTP+SSE client whose event stream the endpoint opens again after a sleep. The host answers
 * with the same header, and without the event that names the address of messages.
 */
export const EVENT_STREAM_HEADER = 'catwalk-event-stream';
/** Stands on an answer of the host that was translated between the eras; the endpoint counts it and drops it. */
export const TRANSLATED_HEADER = 'catwalk-translated';
