/** Why somebody was led back to the sign-in page: the server puts one of these into its address. */
const REASONS: Record<string, string> = {
  expired: 'That link is too old, or a newer one was made since.',
  used: 'That link was already used. Each works once.',
  invalid: 'That link is not one of this server’s, or it is not whole.',
  busy: 'Too many attempts. Wait a few minutes, then open the link again.',
  sign_up_refused: 'This Catwalk does not take that account. Ask its administrator.',
  access_denied: 'GitHub did not let you in, or you changed your mind.',
  account_not_linked:
    'That address has an account here. Sign in as before, then connect GitHub on your account’s page.',
  email_not_found: 'GitHub told no address of yours. Give your GitHub account one, then try again.',
  email_doesnt_match: 'That GitHub account has another address.',
  account_already_linked_to_different_user: 'That GitHub account belongs to another account here.',
  unable_to_link_account: 'That GitHub account has no verified address.',
};

export const reasonFor = (code: string | null): string | null =>
  code === null ? null : (REASONS[code] ?? 'That did not work. Try again.');
