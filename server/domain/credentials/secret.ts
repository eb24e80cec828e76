import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** Holds a value that must not be printed: every way to turn it into text gives `[redacted]` but `reveal()`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
