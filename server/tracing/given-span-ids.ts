import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

/**
 * Gives a span the id that its maker has already handed on: hosts name their spans to their children while calls are under
 * way, and the spans are made here afterwards.
 */
export class GivenSpanIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #next: string | null = null;

  /** The id of the next span. */
  give(spanId: string): void {
    this.#next = spanId;
  }

  generateTraceId(): string {
    return this.#random.generateTraceId();
  }

  generateSpanId(): string {
    const given = this.#next;
    this.#next = null;
    return given ?? this.#random.generateSpanId();
  }
}
