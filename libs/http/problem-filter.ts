import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, errorText, type Log } from '#kernel';
import { problemOf, retryAfterOf, type Problem } from './problem.js';

/** Codes for what the framework itself refuses before a route is reached. */
const FRAMEWORK_CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'invalid',
  413: 'too-large',
  414: 'invalid',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  431: 'invalid',
};

/** Answers every error as a problem document; a defect is logged with its cause and shown without it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = problemOf(fromFramework(error));
    if (problem.status >= 500) this.report(error, problem, request);
    // An answer that has begun, such as an event stream, cannot become a problem document any more.
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    sendProblem(reply, problem);
  }

  private report(error: unknown, problem: Problem, request: FastifyRequest): void {
    const stack = error instanceof Error ? error.stack : undefined;
    const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : undefined;
    this.log.write(problem.status === 500 ? 'error' : 'warn', 'http-failed', {
      method: request.method,
      route: request.routeOptions.url,
      code: problem.code,
      reason: errorText(error),
      cause,
      stack,
    });
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const retryAfter = retryAfterOf(problem);
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

/** Fastify and Nest refuse malformed requests with errors of their own; they get our codes. */
function fromFramework(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  const code = status === undefined ? undefined : FRAMEWORK_CODES[status];
  return code === undefined ? error : new AppError(code, errorText(error), { cause: error });
}

function statusCodeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof code === 'number' ? code : undefined;
}
