import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { networkOf, parseAddress } from './client-address.js';
import { timeouts } from './deadlines.js';
import { NetworkQuota } from './network-quota.js';

/**
 * Connections that wait for a request. Six per browser make 250 enough for the people behind one address; 2500 take some 40 MB.
 */
const limits = { perNetwork: 250, inTotal: 2500 };

/** Requests that a client may send ahead on one connection. Browsers send none; more is no use but to fill the process. */
const maxPipelined = 16;

/** Milliseconds between two looks at connections that only their client can end. */
const lookEvery = 20;

/** The turn of a request on its connection. */
interface Turn {
  response: ServerResponse;
  /** Begins the work on it; undefined for a request that needs none. */
  begin?: () => void;
}

class Connection {
  /** The requests that are not answered yet. The first one is worked on, the others wait. */
  readonly turns: Turn[] = [];
  readonly openedAt = performance.now();
  /** Bytes that the kernel has taken from the answers, and when it took the last. */
  #flushed = 0;
  #movedAt = performance.now();
  /** Bytes that had come when the last answer was complete; undefined before. */
  readAtAnswer: number | undefined;

  constructor(
    readonly socket: Socket,
    /** Undefined for a trusted proxy, whose connections are those of many clients. */
    readonly network: string | undefined,
  ) {}

  get isIdle(): boolean {
    return this.turns.length === 0;
  }

  /** Returns whether nothing of a next request has come. */
  get isSilent(): boolean {
    return this.isIdle && this.socket.bytesRead === (this.readAtAnswer ?? 0);
  }

  /** Returns whether bytes have waited for so long without any of them leaving, or the end of the client for so long. */
  isStuck(now: number): boolean {
    const flushed = this.socket.bytesWritten - this.socket.writableLength;
    const waits = this.socket.writableLength > 0 || this.socket.writableEnded;
    if (!waits || flushed !== this.#flushed) this.#movedAt = now;
    this.#flushed = flushed;
    return now - this.#movedAt > timeouts.unread;
  }
}

/**
 * The connections of a server. They end here when their clients read nothing, when one network holds too many that ask for
 * nothing, and at a stop when nothing more comes. The requests of one connection have their turns one after the other.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  readonly #idle = new NetworkQuota<Connection>(limits);
  #accepted = 0;

  constructor(
    private readonly server: Server,
    private readonly isProxy: (address: string) => boolean,
  ) {
    server.on('connection', (socket) => this.#add(socket));
    server.prependListener('request', (_request, response) => this.#receive(response));
  }

  /**
   * Begins the work on a request as soon as those before it on its connection are answered: a client that pipelines takes one
   * place, not one for each request. It never begins when the connection closes before.
   */
  takeTurn(response: ServerResponse, begin: () => void): void {
    const turns = this.#open.get(response.req.socket)?.turns;
    const waiting = turns?.slice(1).find((turn) => turn.response === response);
    if (waiting) waiting.begin = begin;
    else begin();
  }

  /** Returns whether the client has sent further requests on the connection of this response. */
  hasWaiting(response: ServerResponse): boolean {
    return (this.#open.get(response.req.socket)?.turns.length ?? 0) > 1;
  }

  /** Ends connections whose client reads nothing, and those above the limits that ask for nothing. */
  sweep(): void {
    const now = performance.now();
    for (const connection of this.#open.values()) if (connection.isStuck(now)) connection.socket.destroy();
    for (const { socket } of this.#idle.takeExcess()) socket.destroy();
  }

  /** Resolves when the event loop has gone round with nothing new to accept or to read, or at a time of performance.now(). */
  async quiet(until: number): Promise<void> {
    for (let seen = -1; seen !== this.#activity() && performance.now() < until;) {
      seen = this.#activity();
      // The second of two immediates comes after a whole poll of the kernel, whatever the first one came after.
      await setImmediate();
      await setImmediate();
    }
  }

  /**
   * Resolves when no connection is left, or at a time of performance.now(). A connection ends when it is silent and was
   * answered; one that was never asked has `graceMs` from its opening, because its first request may be on the way.
   */
  async drained(until: number, graceMs: number): Promise<void> {
    while (this.#open.size > 0 && performance.now() < until) {
      const silent = [...this.#open.values()].filter(
        ({ isSilent, readAtAnswer, openedAt }) =>
          isSilent && (readAtAnswer !== undefined || performance.now() - openedAt >= graceMs),
      );
      await this.quiet(until);
      for (const connection of silent) if (connection.isSilent) connection.socket.destroy();
      await sleep(lookEvery);
    }
    this.server.closeAllConnections();
  }

  #activity(): number {
    let bytes = 0;
    for (const { bytesRead } of this.#open.keys()) bytes += bytesRead;
    return this.#accepted + bytes;
  }

  #add(socket: Socket): void {
    const address = parseAddress(socket.remoteAddress ?? '');
    const network =
      address === undefined ? 'unknown' : this.isProxy(address) ? undefined : networkOf(address);
    const connection = new Connection(socket, network);
    this.#accepted += 1;
    this.#open.set(socket, connection);
    if (network !== undefined) this.#idle.add(network, connection);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (network !== undefined) this.#idle.delete(network, connection);
    });
  }

  #receive(response: ServerResponse): void {
    const { socket } = response.req;
    const connection = this.#open.get(socket);
    if (!connection) return;
    const turn: Turn = { response };
    connection.turns.push(turn);
    if (connection.network !== undefined) this.#idle.delete(connection.network, connection);
    if (connection.turns.length > maxPipelined) socket.destroy();
    response.once('close', () => this.#leave(connection, turn));
  }

  #leave(connection: Connection, turn: Turn): void {
    const { turns, socket, network } = connection;
    turns.splice(turns.indexOf(turn), 1);
    if (socket.destroyed) return;
    connection.readAtAnswer = socket.bytesRead;
    if (connection.isIdle && network !== undefined) this.#idle.add(network, connection);
    turns[0]?.begin?.();
  }
}
