import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a process and its database and makes the trouble that a network makes. */
export class TcpProxy {
  #server: Server | undefined;
  #port = 0;
  #isHung = false;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly target: { host: string; port: number }) {}

  static async to(url: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new TcpProxy({ host: hostname, port: Number(port) });
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
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Lets nothing through any more and closes nothing, as a network that swallows packets. */
  hang(): void {
    this.#isHung = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#isHung = false;
    for (const socket of this.#sockets) socket.resume();
  }

  #join(inbound: Socket): void {
    const outbound = connect(this.target);
    const ends: [Socket, Socket][] = [
      [inbound, outbound],
      [outbound, inbound],
    ];
    for (const [from, to] of ends) {
      this.#sockets.add(from);
      from.setNoDelay();
      from.on('data', (data) => to.write(data));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#isHung) from.pause();
    }
  }
}
