/** The error codes of RFC 6749 (4.1.2.1, 5.2), RFC 7591 (3.2.2) and RFC 8707 (2) that are sent from here. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_target'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'temporarily_unavailable';

const STATUS: Partial<Record<OAuthErrorCode, number>> = { invalid_client: 401, temporarily_unavailable: 503 };

/** An error response of the protocol, for a program and for the person who finds out why it does not connect. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  /** HTTP, where it is not sent back by a redirect. */
  readonly status: number;

  /** `description`: one sentence in ASCII without quotes or backslashes (RFC 6749, section 5.2). */
  constructor(code: OAuthErrorCode, description: string) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.status = STATUS[code] ?? 400;
  }
}
