/** The reasons for a failed sign-in, by the code that the server puts into the address of the sign-in page. */
const REASONS: Record<string, string> = {
  expired: 'This link has expired, or a newer one replaced it.',
  used: 'This link was already used. Each link works once.',
  invalid: 'This link is not valid on this server, or part of it is missing.',
  busy: 'Too many attempts. Wait a few minutes, then open the link again.',
  sign_up_refused: 'This account is not allowed to sign up here. Ask the administrator.',
  account_locked: 'This account is locked. Ask the administrator.',
  access_denied: 'GitHub sign-in was canceled or denied.',
  account_not_linked:
    'An account with this email already exists. Sign in as before, then connect GitHub on the Account page.',
  email_not_found: 'GitHub did not share an email address. Add one to your GitHub account, then try again.',
  email_doesnt_match: 'The GitHub account has a different email address.',
  account_already_linked_to_different_user: 'The GitHub account is connected to another account.',
  unable_to_link_account: 'The GitHub account has no verified email address.',
};

export const reasonFor = (code: string | null): string | null =>
  code === null ? null : (REASONS[code] ?? 'Sign-in failed. Try again.');
