import { refuseInTransaction } from '#libs/database';
import type { JobQueue } from './queues.js';

/** The same queue, whose jobs are only added outside transactions: a job of its own would be there although the work is undone. */
export function guardedQueue(queue: JobQueue): JobQueue {
  const add = queue.add.bind(queue);
  const addBulk = queue.addBulk.bind(queue);
  queue.add = (...args) => {
    refuseInTransaction('Queue.add');
    return add(...args);
  };
  queue.addBulk = (...args) => {
    refuseInTransaction('Queue.addBulk');
    return addBulk(...args);
  };
  return queue;
}
