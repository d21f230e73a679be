import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isId, isLegalDate } from '#kernel';

/** What every field may say of itself. */
interface FieldOptions {
  readonly optional?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

/** Control characters and lone surrogates have no place in any text: the first break lines and logs, the second have no UTF-8 form. */
const UNPRINTABLE = /\p{Cc}|\p{Cs}/u;
const UNPRINTABLE_IN_LINES = /(?![\n\r\t])\p{Cc}|\p{Cs}/u;

function field(options: FieldOptions, property: ApiPropertyOptions, ...checks: PropertyDecorator[]): PropertyDecorator {
  const described = {
    ...property,
    required: options.optional !== true,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.example === undefined ? {} : { example: options.example }),
  } as ApiPropertyOptions;
  // `undefined` may be left out; `null` is a value that no field of ours takes.
  const presence = options.optional ? [ValidateIf((_, value) => value !== undefined)] : [];
  return applyDecorators(ApiProperty(described), ...presence, ...checks);
}

function check(name: string, detail: string, test: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => detail } });
}

/** A text of one line (or several, with `lines`), not blank, of at most `max` characters and, where `bytesMax` is given, bytes of UTF-8. */
export function Text(
  options: FieldOptions & { readonly max: number; readonly min?: number; readonly bytesMax?: number; readonly lines?: boolean },
): PropertyDecorator {
  const { max, min = 1, bytesMax, lines } = options;
  const detail = bytesMax === undefined ? `是${min}至${max}个字符的文字` : `是${min}至${bytesMax}个字节的文字`;
  const test = (value: unknown): boolean =>
    typeof value === 'string' &&
    value.length <= max &&
    (bytesMax === undefined || Buffer.byteLength(value, 'utf8') <= bytesMax) &&
    value.trim().length >= min &&
    !(lines ? UNPRINTABLE_IN_LINES : UNPRINTABLE).test(value);
  return field(options, { type: 'string', minLength: min, maxLength: max }, check('text', detail, test));
}

/** An amount of money as a decimal string; its sign, decimals and size are judged where the currency is known. */
export function Amount(options: FieldOptions = {}): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && /^(?:0|[1-9]\d{0,14})(?:\.\d{1,4})?$/.test(value);
  return field(
    { example: '189197.50', ...options },
    { type: 'string', pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$' },
    check('amount', '是十进制金额文字，例如 "189197.50"', test),
  );
}

export function CurrencyCode(options: FieldOptions = {}): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && /^[A-Z]{3}$/.test(value);
  return field({ example: 'CNY', ...options }, { type: 'string', pattern: '^[A-Z]{3}$' }, check('currency', '是 ISO 4217 币种代码', test));
}

/** A legal day `YYYY-MM-DD`. */
export function Day(options: FieldOptions = {}): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && isLegalDate(value);
  return field({ example: '2026-03-10', ...options }, { type: 'string', format: 'date' }, check('day', '是 YYYY-MM-DD 形式的日期', test));
}

/** One word of a closed list. */
export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', enum: [...values] }, IsIn([...values], { message: `是以下之一：${values.join('、')}` }));
}

/** A word of ours that names something elsewhere: a bank, a court, a currency. */
export function Code(options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator {
  const { max = 40 } = options;
  const test = (value: unknown): boolean => typeof value === 'string' && value.length <= max && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value);
  return field(options, { type: 'string', maxLength: max }, check('code', `是不超过${max}个字符的代码`, test));
}

export function Id(options: FieldOptions = {}): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && isId(value);
  return field(options, { type: 'string', format: 'uuid' }, check('id', '不是有效的标识', test));
}

export function Whole(options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  const { min, max } = options;
  const message = `是${min}至${max}的整数`;
  return field(options, { type: 'integer', minimum: min, maximum: max }, IsInt({ message }), Min(min, { message }), Max(max, { message }));
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'boolean' }, IsBoolean({ message: '是 true 或 false' }));
}

/** The version of the object that the caller has read (I13). */
export function Version(options: FieldOptions = {}): PropertyDecorator {
  const description = '所依据的版本号；已被他人修改时答复 stale-version';
  return Whole({ min: 1, max: Number.MAX_SAFE_INTEGER, description, example: 1, ...options });
}

/** An object of a class with fields of its own. */
export function Part(of: () => Class, options: FieldOptions = {}): PropertyDecorator {
  // Swagger takes a function for a class named later only when the function's own name is `type`.
  const type = (): Class => of();
  return field(options, { type }, IsObject({ message: '是对象' }), ValidateNested(), Type(of));
}

/** A list of objects of a class. */
export function Parts(of: () => Class, options: FieldOptions & { readonly min?: number; readonly max: number }): PropertyDecorator {
  const { min = 1, max } = options;
  const type = (): Class => of();
  return field(
    options,
    { type, isArray: true, minItems: min, maxItems: max },
    IsArray({ message: '是数组' }),
    ArrayMinSize(min, { message: `至少${min}项` }),
    ArrayMaxSize(max, { message: `至多${max}项` }),
    // Objects that are none would pass the nested validation unseen.
    check('objects', '每一项是对象', (value) => !Array.isArray(value) || value.every((each) => typeof each === 'object' && each !== null)),
    ValidateNested({ each: true }),
    Type(of),
  );
}

/** A list of distinct short texts, such as ids or tags. */
export function Words(
  options: FieldOptions & { readonly min?: number; readonly max: number; readonly lengthMax: number },
): PropertyDecorator {
  const { min = 0, max, lengthMax } = options;
  const test = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length >= min &&
    value.length <= max &&
    new Set(value).size === value.length &&
    value.every((each) => typeof each === 'string' && each.trim() !== '' && each.length <= lengthMax && !UNPRINTABLE.test(each));
  return field(
    options,
    { type: 'string', isArray: true, minItems: min, maxItems: max },
    check('words', `是${min}至${max}个互不相同、每个不超过${lengthMax}个字符的文字`, test),
  );
}

/** A query parameter that may be left out. */
export function Filter(max: number, description: string): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && value.length <= max && !UNPRINTABLE.test(value);
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: max, required: false, description }),
    IsOptional(),
    check('filter', `是不超过${max}个字符的文字`, test),
  );
}
