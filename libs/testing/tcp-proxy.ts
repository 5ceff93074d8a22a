import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes on their way. pg and the server write a short message in one piece, so a watcher can look for its text. */
export interface Passing {
  /** Counts the connections since the proxy was made. */
  connection: number;
  from: 'client' | 'server';
  bytes: Buffer;
}

/** Looks at everything that passes and decides: let it `pass`, `drop` these bytes, or `cut` the connection in their place. */
export type Watcher = (passing: Passing) => 'pass' | 'drop' | 'cut';

/** Stands between a process and its database and makes the trouble that a network makes. */
export class TcpProxy {
  #server: Server | undefined;
  #port = 0;
  #isHung = false;
  #delayMs = 0;
  #connections = 0;
  #watcher: Watcher = () => 'pass';
  /** Ends whose other end went away while nothing got through, so that they have not heard of it. */
  readonly #unaware = new Set<Socket>();
  readonly #sockets = new Set<Socket>();

  constructor(private target: { host: string; port: number }) {}

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(addressIn(url));
    await proxy.up();
    return proxy;
  }

  /** The URL with our address in place of the target's. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.hostname = '127.0.0.1';
    proxied.port = String(this.#port);
    return proxied.href;
  }

  /** Connections from now on go to this server: what a failover behind one address does. */
  leadTo(url: string): void {
    this.target = addressIn(url);
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    const server = createServer((socket) => this.#join(socket));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections and cuts the existing ones, as a server that went away. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.cut();
    server.close();
    await once(server, 'close');
  }

  /** Resets the existing connections; new ones are fine. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  /** Lets nothing through any more and closes nothing, as a network that swallows packets. */
  hang(): void {
    this.#isHung = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isHung = false;
    for (const socket of this.#sockets) socket.resume();
    for (const socket of this.#unaware) socket.destroy();
    this.#unaware.clear();
  }

  /** Milliseconds that bytes take from now on, each way. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Asks this watcher about everything from now on; without one, everything passes. */
  watch(watcher: Watcher = () => 'pass'): void {
    this.#watcher = watcher;
  }

  #join(inbound: Socket): void {
    const connection = (this.#connections += 1);
    const outbound = connect(this.target);
    this.#pump(inbound, outbound, { connection, from: 'client' });
    this.#pump(outbound, inbound, { connection, from: 'server' });
  }

  #pump(from: Socket, to: Socket, origin: Omit<Passing, 'bytes'>): void {
    this.#sockets.add(from);
    from.setNoDelay();
    from.on('data', (bytes) => {
      const verdict = this.#watcher({ ...origin, bytes });
      if (verdict === 'pass') this.#send(to, bytes);
      if (verdict === 'cut') for (const end of [from, to]) reset(end);
    });
    from.on('error', () => {}); // "close" follows.
    from.on('close', () => {
      this.#sockets.delete(from);
      if (this.#isHung) this.#unaware.add(to);
      else to.destroy();
    });
    if (this.#isHung) from.pause();
  }

  /** Timers of equal length fire in the order in which they were set: bytes do not overtake each other. */
  #send(to: Socket, bytes: Buffer): void {
    if (this.#delayMs === 0) to.write(bytes);
    else setTimeout(() => to.write(bytes), this.#delayMs);
  }
}

function addressIn(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/**
 * RST in place of FIN. Not for a socket that is saying goodbye already: libuv refuses to reset that one (uv_tcp_close_reset),
 * Node forgets its handle, and the process spins for ever when it wants to end.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
