import 'reflect-metadata';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppError, errorText, parseStrictJson, type Log } from '#kernel';
import { ProblemFilter } from './problem-filter.js';
import { serverTlsOptions, type TlsSettings } from './tls.js';
import { strictValidation } from './validation.js';

/** Bodies larger than this are refused with 413 before they are read; uploads and imports have routes of their own limit. */
export const BODY_BYTES_MAX = 12 * 1024 * 1024;
/** A client that sends slower than this is cut off. */
const REQUEST_MS_MAX = 120_000;

const TOO_LARGE = 413;

/** What a route finds on the request beside Fastify's own. */
export interface RawBody {
  /** The exact bytes of a JSON body, for digests and signatures. */
  rawBody?: Buffer;
}

export interface HttpServerOptions {
  /** Speak TLS (1.2 or later) and nothing else; left out, plain HTTP. */
  readonly tls?: TlsSettings | undefined;
}

/**
 * Makes the HTTP server of an app (or of several modules in one process): strict JSON bodies with their exact bytes kept,
 * problem documents for every error, validated classes at the edge. It does not listen yet.
 */
export async function createHttpServer(
  module: Type | DynamicModule,
  log: Log,
  { tls }: HttpServerOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    ...(tls ? { https: serverTlsOptions(tls) } : {}),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bodyParser: false, logger: false, abortOnError: false });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    (request as FastifyRequest & RawBody).rawBody = body as Buffer;
    try {
      done(null, (body as Buffer).length === 0 ? undefined : parseStrictJson(body as Buffer));
    } catch (error) {
      done(error instanceof Error ? error : new AppError('invalid', errorText(error)));
    }
  });
  // A client that is cut off while it is still sending never reads the refusal, so the rest of too large a body is thrown away instead.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === TOO_LARGE) reply.removeHeader('connection');
    done(null, payload);
  });
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(strictValidation());
  return app;
}
