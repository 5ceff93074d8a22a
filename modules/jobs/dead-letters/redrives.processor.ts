import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { redriveDeadLetters, type RedriveOrder } from './redrives.jobs.js';
import { RedrivesService } from './redrives.service.js';

@Injectable()
export class RedrivesProcessor {
  constructor(private readonly redrives: RedrivesService) {}

  @ProcessJob(redriveDeadLetters)
  redrive(run: JobRun<RedriveOrder>) {
    return this.redrives.run(run);
  }
}
