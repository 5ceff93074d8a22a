import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, figure, sized } from '#libs/testing';
import { Conversation, type Moment, moments, Tally } from './support/moments.js';
import { type Backend, backends, type Worker, Workers } from './support/workers.js';

const messages = sized(120, 1500);
const killsAtEach = sized(1, 10);

/** Messages of one transaction, few enough that they outlast the kills. */
const batch = 5;

/** Workers at a time: while one is being replaced, another finds what it left. */
const crew = 2;

/** Enqueues jobs while workers are killed at one moment after the other, and waits until all is done. */
class Massacre {
  readonly tally = new Tally();
  readonly killed: Moment[] = [];
  readonly #replacements: Promise<unknown>[] = [];
  #onKill: (isRoundOver: boolean) => void = () => {};

  readonly #due: Moment[];

  constructor(
    readonly workers: Workers,
    readonly messages: number,
    private readonly at: readonly Moment[],
  ) {
    this.#due = Array.from({ length: killsAtEach }, () => at).flat();
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: crew }, () => this.#hire()));
    let enqueued = 0;
    for (; this.#due.length > 0 && enqueued < this.messages; enqueued += batch) {
      const kill = new Promise<boolean>((resolve) => (this.#onKill = resolve));
      const ids = await this.workers.enqueue(batch);
      // A batch may pass without a kill: its worker was not the one, or busy with something that came back.
      const passed = eventually(() => this.workers.isDone(ids), { what: 'a kill' }).then(() => false);
      const isRoundOver = await Promise.race([kill, passed]);
      if (isRoundOver) await this.#done(enqueued + batch);
    }
    await this.workers.enqueue(this.messages - enqueued);
    await Promise.all(this.#replacements);
  }

  async settled(): Promise<void> {
    await this.#done(this.messages);
    await eventually(() => Promise.resolve(this.tally.repeated >= killsAtEach), {
      what: 'what was not acknowledged came again',
    });
  }

  /**
   * So many messages have their effect. After each round of kills, as a worker that dies may hold the same message
   * every time: it meets four kills at most, and not the six that make a poison of it.
   */
  async #done(enqueued: number): Promise<void> {
    const isDone = async () => (await this.workers.effects()).messages === enqueued;
    await eventually(isDone, { what: 'every effect' }).catch(async () => {
      const { rows } = await this.workers.db.pool.query<{ id: string }>('select id, error from dead_letters');
      const dead = rows.map((letter) => ({ ...letter, begun: this.tally.begun.get(letter.id) }));
      throw new Error(`Not every effect: ${JSON.stringify({ ...(await this.workers.effects()), dead })}`);
    });
  }

  async #hire(): Promise<void> {
    let isUp = false;
    const conversation = new Conversation(this.tally);
    await this.workers.start((worker) => {
      for (const [server, proxy] of Object.entries(worker.proxies))
        proxy.watch((passing) => {
          const moment = conversation.read(server, passing);
          if (!moment || moment !== this.#due[0] || !isUp) return 'pass';
          isUp = false;
          this.#kill(worker, moment);
          return 'cut';
        });
    });
    isUp = true;
  }

  #kill({ child }: Worker, moment: Moment): void {
    child.kill('SIGKILL');
    this.#due.shift();
    this.killed.push(moment);
    this.#replacements.push(this.#hire());
    this.#onKill(this.#due.length % this.at.length === 0);
  }
}

/** Rows of its inbox are written under another name each, so that no delivery finds the one before it. */
async function withoutInbox(): Promise<Workers> {
  const workers = await Workers.create('postgres');
  await workers.db.pool.query(`
    create function forget_message() returns trigger language plpgsql as $$
      begin new.message_id = gen_random_uuid(); return new; end $$;
    create trigger forget before insert on inbox for each row execute function forget_message()`);
  return workers;
}

describe('workers and relays that are killed', () => {
  const massacres = new Map<Backend, Massacre>();
  let forgetful: Massacre;
  const closing: (() => Promise<unknown>)[] = [];

  // The backends at the same time: most of it is waiting for the locks of the dead.
  beforeAll(async () => {
    forgetful = new Massacre(await withoutInbox(), 4 * batch * killsAtEach, [
      'worker: committed, not acknowledged',
    ]);
    for (const backend of backends)
      massacres.set(backend, new Massacre(await Workers.create(backend), messages, moments));
    const all = [forgetful, ...massacres.values()];
    closing.push(
      ...all.map(
        ({ workers }) =>
          () =>
            workers.close(),
      ),
    );
    await Promise.all(
      all.map(async (massacre) => {
        await massacre.run();
        await massacre.settled();
      }),
    );
  });
  afterAll(() => Promise.all(closing.map((close) => close())));

  it.each(backends)('leave one effect of every message (%s)', async (backend) => {
    const { workers, tally, killed } = massacres.get(backend)!;
    for (const moment of moments) expect(killed.filter((at) => at === moment)).toHaveLength(killsAtEach);
    expect(await workers.effects()).toEqual({ effects: messages, messages, waiting: 0, dead: 0 });
    // Otherwise the kills missed, and nothing was tested.
    expect(tally.repeated).toBeGreaterThanOrEqual(killsAtEach);
    expect(tally.takenAgain).toBeGreaterThanOrEqual(killsAtEach);
    figure(
      `${messages} messages on ${backend}, relay and worker killed ${2 * killsAtEach} × each`,
      `${messages} effects; ${tally.takenAgain} handed over again, ${tally.deliveries} deliveries, ${tally.repeated} of them after the effect`,
    );
  });

  it('leave two of those that came again when the inbox forgets: so the test before this one can fail', async () => {
    const { workers, tally } = forgetful;
    const { effects, messages: done } = await workers.effects();
    expect(done).toBe(forgetful.messages);
    expect(effects).toBeGreaterThan(done);
    figure(
      `${done} messages, worker killed ${killsAtEach} ×, the inbox switched off`,
      `${effects} effects; ${tally.repeated} deliveries after the effect`,
    );
  });
});
