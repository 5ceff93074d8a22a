import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes that pass the proxy. pg and the server write a short message at once, so a watcher can look for its text. */
export interface Passing {
  /** The number of the connection, counted since the creation of the proxy. */
  connection: number;
  from: 'client' | 'server';
  bytes: Buffer;
}

/** A function that decides on all bytes that arrive: to `pass` or `drop` them, or to `cut` the connection. */
export type Watcher = (passing: Passing) => 'pass' | 'drop' | 'cut';

/** A proxy between a process and its database that simulates the failures of a network. */
export class TcpProxy {
  #server: Server | undefined;
  #port = 0;
  #isHung = false;
  #delayMs = 0;
  #connections = 0;
  #watcher: Watcher = () => 'pass';
  /** Sockets whose peer closed while the proxy hung, so that they do not know it yet. */
  readonly #unaware = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #silent = new WeakSet<Socket>();

  constructor(private target: { host: string; port: number }) {}

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(addressIn(url));
    await proxy.up();
    return proxy;
  }

  /** Returns the URL with the address of the proxy in place of the target's. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.hostname = '127.0.0.1';
    proxied.port = String(this.#port);
    return proxied.href;
  }

  /** The number of connections that were made so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Leads new connections to this server, as a failover behind one address does. */
  leadTo(url: string): void {
    this.target = addressIn(url);
  }

  /** Starts to listen, on the same port as before. */
  async up(): Promise<void> {
    const server = createServer((socket) => this.#join(socket));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses new connections and cuts the existing ones, as a server that crashed. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.cut();
    server.close();
    await once(server, 'close');
  }

  /** Resets the existing connections, but accepts new ones. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  /** Lets no bytes pass and closes no connection, as a network that loses all packets. */
  hang(): void {
    this.#isHung = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isHung = false;
    for (const socket of this.#sockets) if (!this.#silent.has(socket)) socket.resume();
    for (const socket of this.#unaware) socket.destroy();
    this.#unaware.clear();
  }

  /** Lets no bytes pass on the connections that exist, and closes none: their server failed over, and nobody told them. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.pause();
      this.#silent.add(socket);
    }
  }

  /** Delays all bytes by this many milliseconds in each direction. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Calls this watcher for all bytes from now on. Without one, all bytes pass. */
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
      const decision = this.#watcher({ ...origin, bytes });
      if (decision === 'pass') this.#send(to, bytes);
      if (decision === 'cut') for (const end of [from, to]) reset(end);
    });
    from.on('error', () => {}); // "close" follows.
    from.on('close', () => {
      this.#sockets.delete(from);
      if (this.#isHung) this.#unaware.add(to);
      else to.destroy();
    });
    if (this.#isHung) from.pause();
  }

  /** Sends bytes after the delay. Timers of equal length fire in the order in which they were set, so no bytes overtake others. */
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
 * Closes a socket with RST instead of FIN, unless the socket is closing already: libuv refuses to reset that one
 * (uv_tcp_close_reset), Node loses its handle, and the process spins for ever instead of ending.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
