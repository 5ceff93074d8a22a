/** The headers travel beside the payload. They are text only, because they pass through every store on the way. */
export interface JobHeaders {
  /** RFC 3339, by the clock of the process that enqueued the job. */
  enqueued_at: string;
  request_id?: string;
  /** The principal who enqueued the job. */
  owner?: string;
  /** The ordering key of the job; a redrive keeps it. */
  ordering_key?: string;
  /** The first message of the work, when an operator has redriven it. */
  redriven_from?: string;
  /** W3C traceparent of where the job was enqueued, so that an attempt can be traced back to it. */
  traceparent?: string;
}

/** BullMQ stores this as the data of a job. */
export interface MessageData {
  version: number;
  headers: JobHeaders;
  payload: unknown;
}

/** An enqueued job as it is delivered; the id is the same in each delivery. */
export interface Message extends MessageData {
  id: string;
  /** The id of the first message of the work: of its operation, and of {@link JobRun}. Only a redrive makes it another than `id`. */
  originId: string;
  queue: string;
  name: string;
  /** Attempts that failed so far. */
  attempts: number;
}

export function originOf(id: string, { redriven_from: first }: Pick<JobHeaders, 'redriven_from'>): string {
  return first ?? id;
}

/** The attributes of a span about messages of one queue, by OpenTelemetry's semantic conventions for messaging. */
export function messagingAttributes(operation: 'create' | 'send' | 'process', queue: string) {
  return {
    'messaging.system': 'bullmq',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': queue,
  };
}
