import type { Admin } from 'kafkajs';

/** Where one group stands in one partition of a topic. */
export interface Standing {
  readonly partition: number;
  /** Messages that the group has not committed yet. */
  readonly behind: number;
}

/** From committed offsets and high watermarks; a group that has committed nothing is behind by all that is still kept. */
export async function standingOf(admin: Admin, groupId: string, topic: string): Promise<readonly Standing[]> {
  // One after another: a question that is still open when the other has failed would connect again behind the client's end.
  const ends = await admin.fetchTopicOffsets(topic);
  const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = new Map(committed[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  return ends.map(({ partition, low, high }) => {
    const from = offsets.get(partition) ?? -1n;
    const begin = BigInt(low);
    const end = BigInt(high);
    // A committed offset beyond the end belongs to a topic that was made anew: everything in it is still to be read.
    const read = from < begin || from > end ? begin : from;
    return { partition, behind: Number(end - read) };
  });
}
