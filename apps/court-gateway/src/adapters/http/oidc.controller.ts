import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reads } from '#http';
import { LOGIN_SECONDS_MAX, SignInByOidc } from '../../use-cases/sign-in-user/sign-in-by-oidc.js';
import type { SignedIn } from '../../use-cases/sign-in-user/signed-in.js';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { SIGNED_IN_EXAMPLE } from './auth.controller.js';
import { cookieOf } from './cookies.js';

const PATH = '/api/v1/auth/oidc';
const ERRORS = ['not-implemented', 'unavailable'];
const FOUND = 302;

@Controller('api/v1/auth/oidc')
@ApiTags('登录')
export class OidcController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(SignInByOidc) private readonly signIn: SignInByOidc,
  ) {}

  @Get('login')
  @Reads({
    summary: '转到统一身份认证登录',
    description: '答复 302，转到身份认证服务；登录所需的状态保存在本浏览器的密封 Cookie 中，十分钟内有效。未配置时答复 501。',
    status: FOUND,
    errors: ERRORS,
  })
  async login(@Res() reply: FastifyReply): Promise<void> {
    const { url, sealed } = await this.signIn.begin();
    void reply.header('set-cookie', this.cookie(sealed, LOGIN_SECONDS_MAX)).header('cache-control', 'no-store');
    await reply.redirect(url, FOUND);
  }

  @Get('callback')
  @ApiQuery({ name: 'code', required: false, description: '授权码，只能使用一次', example: 'SplxlOBeZQQYbYS6WxSbIA' })
  @ApiQuery({ name: 'state', required: false, description: '与登录开始时一致', example: 'af0ifjsldkj' })
  @ApiQuery({ name: 'error', required: false, description: '身份认证服务拒绝时给出', example: 'access_denied' })
  @Reads({
    summary: '统一身份认证登录完成，取得访问令牌',
    description: '由身份认证服务转回。答复与 POST /auth/token 相同。该身份在本系统没有角色时答复 403，并在 reason 中说明。',
    example: SIGNED_IN_EXAMPLE,
    errors: ERRORS,
  })
  async callback(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SignedIn> {
    // Whatever comes of it, this login is over: its cookie must not serve a second time.
    void reply.header('set-cookie', this.cookie('', 0)).header('cache-control', 'no-store');
    const query = request.url.split('?').slice(1).join('?');
    return this.signIn.finish({ query, sealed: cookieOf(request, this.cookieName()), address: request.ip });
  }

  /** `__Host-` binds the cookie to this very host over https; on plain http a browser would not keep it. */
  private cookieName(): string {
    return this.isSecure() ? '__Host-chakong-login' : 'chakong-login';
  }

  private cookie(value: string, seconds: number): string {
    const where = this.isSecure() ? 'Path=/; Secure' : `Path=${PATH}`;
    return `${this.cookieName()}=${value}; Max-Age=${seconds}; ${where}; HttpOnly; SameSite=Lax`;
  }

  private isSecure(): boolean {
    return this.parts.oidc?.redirectUri.startsWith('https:') ?? false;
  }
}
