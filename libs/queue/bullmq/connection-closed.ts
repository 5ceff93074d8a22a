/** The error by which BullMQ tells a connection that broke from a command that is wrong: it goes by the message. */
export function connectionClosed(cause?: unknown): Error {
  const error = new Error('Connection is closed.', { cause });
  error.name = 'ConnectionClosed';
  return error;
}
