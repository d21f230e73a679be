import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError, type FieldError } from '#kernel';

/** Faults reported at most; a body with more is wrong anyhow. */
const ERRORS_MAX = 50;

/** Validates bodies and queries by their classes: unknown members are refused, nothing is converted by guess. */
export function strictValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: false, exposeDefaultValues: true },
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const fields = fieldErrors(errors, '').slice(0, ERRORS_MAX);
      return new AppError('invalid', fields[0] ? `${fields[0].pointer} ${fields[0].detail}` : '请求格式不正确', { errors: fields });
    },
  });
}

function fieldErrors(errors: readonly ValidationError[], base: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${base}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...fieldErrors(error.children ?? [], pointer)];
  });
}
