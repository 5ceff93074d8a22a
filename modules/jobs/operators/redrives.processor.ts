import { Injectable } from '@nestjs/common';
import type { JobRun } from '../running/job-run.js';
import { ProcessJob } from '../running/handlers.js';
import { redriveDeadLetters, type RedriveOrder } from './dead-letters.contract.js';
import { RedrivesService } from './redrives.service.js';

@Injectable()
export class RedrivesProcessor {
  constructor(private readonly redrives: RedrivesService) {}

  @ProcessJob(redriveDeadLetters)
  redrive(run: JobRun<RedriveOrder>) {
    return this.redrives.run(run);
  }
}
