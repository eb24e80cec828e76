import type { Dispatcher } from 'undici';
import { Exchange, type ExchangeParts } from '../exchange.ts';
import * as refusals from '../refusals.ts';
import { readResponseHead } from '../response-head.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** A request whose client was notified of the wake: the head of its answer was sent, and the answer follows as an event. */
export class AwaitedExchange extends Exchange {
  private isWrapping = false;

  constructor(parts: ExchangeParts) {
    super(parts);
    this.status = 200;
    this.kind = 'stream';
  }

  override onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.over || status < 200) return;
    const head = readResponseHead(status, headers, this.parts.target.machineId);
    if (!head.ok || head.kind === 'empty') {
      this.end(refusals.unacceptable(head.ok ? 'it sent nothing' : head.reason));
      return;
    }
    this.isWrapping = head.kind === 'json';
    if (this.isWrapping) this.res.write('event: message\ndata: ');
  }

  override onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    super.onResponseData(controller, this.isWrapping ? onOneLine(data) : data);
  }

  override onResponseEnd(): void {
    if (!this.over && this.isWrapping) this.res.write('\n\n');
    super.onResponseEnd();
  }
}

/** Line breaks are white space in JSON, and end a line of an event stream. */
function onOneLine(data: Buffer): Buffer {
  if (!data.includes(LINE_FEED) && !data.includes(CARRIAGE_RETURN)) return data;
  return Buffer.from(data.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte)));
}
