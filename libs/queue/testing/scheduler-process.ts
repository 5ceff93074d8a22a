import { TestScheduler } from './test-scheduler.js';
import './sample-schedules.js';

// A scheduler that a test can kill, whose clock is wrong by the milliseconds it is told.
const [, , url = '', skewMs = '0'] = process.argv;
const now = Date.now;
const wrong = () => now() + Number(skewMs);
globalThis.Date = new Proxy(Date, {
  construct: (target, args: [number], made) =>
    Reflect.construct(target, args.length > 0 ? args : [wrong()], made) as object,
  get: (target, key) => (key === 'now' ? wrong : (Reflect.get(target, key) as unknown)),
});

(await TestScheduler.create(url)).start();
process.once('disconnect', () => process.exit());
process.send?.('up');
