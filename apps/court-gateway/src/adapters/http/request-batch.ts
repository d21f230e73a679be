import { Inject, Injectable } from '@nestjs/common';
import { assertMayEnter, type Principal } from '#access';
import { problemOf, type Problem } from '#http';
import { AppError } from '#kernel';
import { parseRequest } from './request-bodies.js';
import { Writes } from './writes.js';
import { PostRequest, SharedLookups } from '../../use-cases/post-request/post-request.js';
import { acceptedView } from '../../use-cases/read-request/request-view.js';

/** Where the items' keys count: the same as if each item had been posted alone. */
export const REQUESTS_PATH = '/api/v1/requests';

/** What became of one item: its request's id, or the problem document that it would have got alone. */
export interface BatchItemAnswer {
  readonly key: string;
  readonly status: number;
  readonly id?: string;
  readonly problem?: Problem;
}

/**
 * Many requests in one call. Each item has its key, gates and savepoint of its own, so one that is refused leaves the others whole;
 * they wait together, so the store commits them in groups.
 */
@Injectable()
export class RequestBatch {
  constructor(
    @Inject(Writes) private readonly writes: Writes,
    @Inject(PostRequest) private readonly post: PostRequest,
  ) {}

  execute(principal: Principal, items: readonly unknown[]): Promise<readonly BatchItemAnswer[]> {
    const shared = new SharedLookups();
    return Promise.all(items.map((item) => this.one(principal, item, shared)));
  }

  private async one(principal: Principal, item: unknown, shared: SharedLookups): Promise<BatchItemAnswer> {
    const { key, ...content } = membersOf(item);
    const shownKey = typeof key === 'string' ? key : '';
    try {
      if (typeof key !== 'string') throw new AppError('idempotency-key-required', '每一项须带 key');
      const { answer } = await this.writes.once({ principal, method: 'POST', path: REQUESTS_PATH, key, content }, async () => {
        const command = await parseRequest(content);
        assertMayEnter(principal, `request.${command.action}`);
        const { caseId, caseKey, accept } = await this.post.prepare(principal, command, shared);
        return { caseId, caseKey, work: async (tx) => acceptedAnswer(acceptedView(await accept(tx))) };
      });
      return { key: shownKey, status: answer.status, id: idOf(answer.body) };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status === 500) throw error;
      return { key: shownKey, status: problem.status, problem };
    }
  }
}

/** The answer of a posting, alone or in a batch. */
export function acceptedAnswer(view: Readonly<Record<string, unknown>>) {
  return { status: 202, location: `${REQUESTS_PATH}/${idOf(view)}`, body: view };
}

function idOf(body: unknown): string {
  const id: unknown = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  return typeof id === 'string' ? id : '';
}

function membersOf(item: unknown): { readonly key?: unknown } & Readonly<Record<string, unknown>> {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Record<string, unknown>) : {};
}
