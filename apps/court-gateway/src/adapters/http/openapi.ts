import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const TITLE = '查控 Chakong';
const DESCRIPTION = `法院与银行点对点网络查控网关。
时间为 RFC 3339（UTC，毫秒）；法定日期 YYYY-MM-DD 按北京时间，首尾两日均计入；金额在答复中为 {"amount","currency"}，在请求中为十进制文字。
错误为 RFC 9457 application/problem+json，code 稳定不变。写操作须带 Idempotency-Key。`;

/** The interface's description, made from the routes of every module in the process. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(TITLE)
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: '由 POST /api/v1/auth/token 或 GET /api/v1/auth/oidc/login 取得；也接受所配置的身份认证服务为本系统签发的 JWT',
    })
    .build();
  return withOwnParameters(
    SwaggerModule.createDocument(app, config, { operationIdFactory: (controller, method) => `${controller}.${method}` }),
  );
}

/** A handler of two paths describes the parameters of both; each path keeps those that stand in it. */
function withOwnParameters(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of [item.get, item.post, item.put]) {
      if (!operation?.parameters) continue;
      operation.parameters = operation.parameters.filter(
        (parameter) => !('in' in parameter) || parameter.in !== 'path' || path.includes(`{${parameter.name}}`),
      );
    }
  }
  return document;
}

/**
 * Serves `GET /api/openapi.json` and, unless `pages` is false, `/api/docs` for people. Call it before the server listens.
 * The description is made at the first call for it, when all routes are known.
 */
export function mountOpenApi(app: NestFastifyApplication, { pages = true }: { readonly pages?: boolean } = {}): void {
  SwaggerModule.setup('api/docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: TITLE,
    ui: pages,
    raw: ['json'],
  });
}
