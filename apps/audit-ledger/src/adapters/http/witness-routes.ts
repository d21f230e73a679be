import type { FastifyInstance } from 'fastify';
import { ADD_CHECKPOINT_BYTES_MAX } from '#merkle';
import type { WitnessAnswer, WitnessCheckpoint } from '../../use-cases/witness-checkpoint/witness-checkpoint.js';

const TEXT = 'text/plain; charset=utf-8';
/** C2SP tlog-witness: the body of a conflict is the size that was cosigned last. */
const SIZE = 'text/x.tlog.size';

const STATUS: Readonly<Record<Exclude<WitnessAnswer['kind'], 'cosigned' | 'conflict'>, number>> = {
  malformed: 400,
  'unknown-origin': 404,
  'bad-signature': 403,
  'old-beyond-checkpoint': 400,
  'bad-proof': 422,
};

/**
 * Serves `POST <prefix>/add-checkpoint` (C2SP tlog-witness). The body is text of any declared type, unlike every other route, so the
 * route stands in a scope of its own with a parser of its own. Call it before the server listens.
 */
export function mountWitness(fastify: Pick<FastifyInstance, 'register'>, prefix: string, witness: WitnessCheckpoint): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.post(`${prefix}/add-checkpoint`, { bodyLimit: ADD_CHECKPOINT_BYTES_MAX }, async (request, reply) => {
      const answer = await witness.execute(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
      if (answer.kind === 'cosigned') return reply.header('content-type', TEXT).send(answer.lines);
      if (answer.kind === 'conflict') return reply.status(409).header('content-type', SIZE).send(`${answer.size}\n`);
      return reply.status(STATUS[answer.kind]).header('content-type', TEXT).send(`${answer.reason}\n`);
    });
    done();
  });
}
