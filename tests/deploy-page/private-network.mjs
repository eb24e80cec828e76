/**
 * Stands in for Fly's private network in a process: connections to names below `internal` go to the port that
 * PRIVATE_NETWORK_PORT names, which finds the machine by the Host header.
 */
import { createRequire } from 'node:module';

const net = createRequire(import.meta.url)('node:net');
const { connect } = net;
net.connect = (options, ...rest) => {
  const name = options?.host ?? options?.hostname ?? options?.servername ?? '';
  return String(name).endsWith('.internal')
    ? connect({ ...options, host: '127.0.0.1', port: Number(process.env.PRIVATE_NETWORK_PORT) }, ...rest)
    : connect(options, ...rest);
};
