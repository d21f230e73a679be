import { AppError } from '#kernel';

export function unknownTopic(topic: string, cause?: unknown): AppError {
  const detail = `the topic ${topic} does not exist; topics are made from deploy/topics.yaml`;
  return new AppError('bus-unknown-topic', detail, { retryable: true, level: 'error', cause });
}

/** Looks through the library's wrappers for the protocol's code. */
export function isUnknownTopic(error: unknown): boolean {
  for (let current = error, depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    if ('type' in current && current.type === 'UNKNOWN_TOPIC_OR_PARTITION') return true;
    current = 'cause' in current ? current.cause : undefined;
  }
  return false;
}
