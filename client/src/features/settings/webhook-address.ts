/** Recognizes the incoming webhook of a chat, which needs no secret: its address is one. */
export const isChatAddress = (text: string): boolean =>
  /^https:\/\/(?:hooks\.slack(?:-gov)?\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/)./.test(text.trim());

/** Returns what is wrong with an address while it is typed; the server says whether it is allowed. */
export const webhookAddressProblem = (text: string): string | null => {
  if (text.trim() === '') return null;
  return URL.canParse(text.trim()) && /^https?:\/\//.test(text.trim()) ? null : 'Enter a URL that starts with https://';
};
