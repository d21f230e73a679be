import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Reads, Text } from '#http';
import { SignInUser } from '../../use-cases/sign-in-user/sign-in-user.js';
import type { SignedIn } from '../../use-cases/sign-in-user/signed-in.js';

/** What every way of signing in answers. */
export const SIGNED_IN_EXAMPLE = {
  accessToken: 'eyJhbGciOiJIUzI1NiJ9…',
  expiresIn: 3600,
  user: { id: '0199…', name: '李晓', roles: ['officer'], courtCode: '420106' },
};

export class SignInBody {
  @Text({ max: 128, example: 'officer' })
  username!: string;

  @Text({ max: 256, example: '••••••••' })
  password!: string;
}

@Controller('api/v1/auth')
@ApiTags('登录')
export class AuthController {
  constructor(@Inject(SignInUser) private readonly signInUser: SignInUser) {}

  @Post('token')
  @HttpCode(200)
  @Reads({
    summary: '登录，取得访问令牌',
    description: '令牌有效一小时（实时）。多次失败后须等待，答复 429 并给出 Retry-After。',
    example: SIGNED_IN_EXAMPLE,
  })
  token(@Body() body: SignInBody, @Req() request: FastifyRequest): Promise<SignedIn> {
    return this.signInUser.execute({ ...body, address: request.ip });
  }
}
