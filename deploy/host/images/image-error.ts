/** Why an image cannot be used: absent, refused, out of reach, of a kind that is not run, too large, or not what it claims. */
export type ImageErrorKind = 'not-found' | 'unauthorized' | 'unavailable' | 'unsupported' | 'too-large' | 'damaged';

/** An image or its registry is not usable; `message` is a sentence, `hint` says what to do. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly kind: ImageErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ImageErrorKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }
}
