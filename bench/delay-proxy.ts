import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DelayProxy {
  /** The URL of the database through the proxy. */
  url: string;
  /** Returns how often bytes were sent to the database: once for each round trip, when there is one client. */
  sent: () => number;
  close: () => void;
}

/** Starts a proxy to a database that delays bytes by `oneWayMs` in each direction, as if it stood in another data centre. */
export async function delayProxy(databaseUrl: string, oneWayMs: number): Promise<DelayProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    near.setNoDelay();
    near.on('data', () => (sent += 1));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      // Timers of equal length fire in the order in which they were set, so no bytes overtake others.
      from.on('data', (chunk) => setTimeout(() => to.write(chunk), oneWayMs));
      from.on('close', () => setTimeout(() => to.destroy(), oneWayMs));
      from.on('error', () => {});
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    sent: () => sent,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
