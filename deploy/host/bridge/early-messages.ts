const MESSAGES_MAX = 32;
const MESSAGE_BYTES_MAX = 64 * 1024;

/** Keeps a message for the first client. Only the first few: this is about the start of a server. */
export const keepEarly = (early: string[], message: string): boolean => {
  if (early.length >= MESSAGES_MAX || message.length > MESSAGE_BYTES_MAX) return false;
  early.push(message);
  return true;
};
