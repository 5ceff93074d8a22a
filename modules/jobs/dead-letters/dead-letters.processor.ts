import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { BatchesService } from './batches.service.js';
import { type BatchOrder, discardDeadLetters, redriveDeadLetters } from './dead-letters.jobs.js';

@Injectable()
export class DeadLettersProcessor {
  constructor(private readonly batches: BatchesService) {}

  @ProcessJob(redriveDeadLetters)
  redrive(run: JobRun<BatchOrder>) {
    return this.batches.redrive(run);
  }

  @ProcessJob(discardDeadLetters)
  discard(run: JobRun<BatchOrder>) {
    return this.batches.discard(run);
  }
}
