import { Body, Get, HttpCode, Inject, Param, Post, StreamableFile } from '@nestjs/common';
import { assertMay, type Principal } from '#access';
import { Amount, Code, Day, OneOf, Reads, Text, WritesOnce } from '#http';
import { instantText, moneyJson, parseAmount, sha256Hex } from '#kernel';
import { INSTRUMENT_TYPES, type InstrumentType } from '#orders';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { AddInstrument, type NewInstrument } from '../../use-cases/make-instrument/add-instrument.js';
import { ReadInstrument } from '../../use-cases/read-instrument/read-instrument.js';
import { Vault } from '../../vault.js';
import { loadCase, notFound, pathId, type CaseRow } from '../store/case-rows.js';
import { findInstrument, instrumentRows, openTexts, type InstrumentRow } from '../store/instrument-rows.js';
import type { DataKey } from '#privacy';
import { invalidAt, readBase64 } from './base64.js';
import { ReasonBody } from './case-bodies.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

/** A scanned ruling; its base64 form still fits into a request body. */
export const PDF_BYTES_MAX = 8 * 1024 * 1024;
const PDF_CHARS_MAX = Math.ceil(PDF_BYTES_MAX / 3) * 4 + 4;
const PDF_HEAD = Buffer.from('%PDF-', 'ascii');

export class InstrumentBody {
  @OneOf(INSTRUMENT_TYPES)
  type!: InstrumentType;

  @Text({ max: 100, bytesMax: 100, description: '文号，自由填写，不要求唯一', example: '(2026)鄂0106执1234号之一' })
  number!: string;

  @Text({ max: 100, optional: true, description: '文书标题；不填时用样式标题', example: '执行裁定书' })
  title?: string;

  @Amount({ optional: true, description: '裁定的数额；只有裁定的数额限制其下的请求' })
  amount?: string;

  @Text({ max: 60, optional: true, example: '周正' })
  decidedBy?: string;

  @Day({ optional: true })
  decidedOn?: string;

  @Code({ optional: true, description: '只用于某一银行时填写', example: 'hubeibank' })
  bank?: string;

  @Text({ max: PDF_CHARS_MAX, optional: true, description: 'PDF，base64，至多 8 MiB；不填时由样式生成' })
  content?: string;

  @Text({ max: 64, min: 64, optional: true, description: '所上传字节的 SHA-256；填写时予以核对' })
  sha256?: string;
}

const EXAMPLE = {
  id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b21',
  caseId: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b01',
  type: 'freeze-ruling',
  number: '(2026)鄂0106执1234号之一',
  title: '执行裁定书',
  state: 'draft',
  amount: { amount: '189197.50', currency: 'CNY' },
  decidedBy: '周正',
  decidedOn: '2026-03-10',
  uploaded: false,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  size: 24310,
  createdAt: '2026-03-10T01:02:03.000Z',
  version: 1,
};

@ApiController('', '法律文书')
export class InstrumentsController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(AddInstrument) private readonly addInstrument: AddInstrument,
    @Inject(ReadInstrument) private readonly readInstrument: ReadInstrument,
  ) {}

  @Post('cases/:id/instruments')
  @Enter('instrument.add')
  @WritesOnce({
    summary: '增加法律文书：上传 PDF，或由样式生成',
    description: '裁定与控制类通知书为 draft（标记“草稿”、无印章），审批时用印；协助查询通知书当即用印。',
    status: 201,
    example: EXAMPLE,
    errors: ['not-found'],
  })
  add(@Param('id') caseId: string, @Body() body: InstrumentBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const row = await loadCase(this.parts.database.reader, pathId(caseId));
      assertMay(principal, 'instrument.add', { courtCode: row.court_code });
      const input = this.inputOf(body, row);
      const caseKey = await this.vault.keyOf(caseId);
      const prepared = await this.addInstrument.prepare(row, input);
      return {
        caseId,
        caseKey,
        work: async (tx) => {
          await this.addInstrument.insert(tx, row, caseKey, input, prepared, principal);
          const made = await findInstrument(tx, prepared.id);
          if (!made) throw notFound();
          return { status: 201, location: `/api/v1/instruments/${prepared.id}`, body: this.view(made, caseKey, row.currency) };
        },
      };
    });
  }

  @Get('cases/:id/instruments')
  @Enter('instrument.read')
  @Reads({ summary: '本案全部法律文书', example: { items: [EXAMPLE] }, errors: ['not-found'] })
  async list(@Param('id') caseId: string, @CurrentPrincipal() principal: Principal) {
    const { reader } = this.parts.database;
    const row = await loadCase(reader, pathId(caseId));
    assertMay(principal, 'instrument.read', { courtCode: row.court_code });
    const key = await this.vault.keyOf(caseId);
    return { items: (await instrumentRows(reader, caseId)).map((each) => this.view(each, key, row.currency)) };
  }

  @Get('instruments/:id')
  @Enter('instrument.read')
  @Reads({ summary: '法律文书', example: EXAMPLE, errors: ['not-found'] })
  async read(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const { row, ofCase } = await this.readInstrument.find(id, principal, 'instrument.read');
    return this.view(row, await this.vault.keyOf(row.case_id), ofCase.currency);
  }

  @Get('instruments/:id/content')
  @Enter('instrument.content.read')
  @Reads({ summary: '法律文书原文，留痕', binary: 'application/pdf', errors: ['not-found', 'content-erased'] })
  async content(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<StreamableFile> {
    const { bytes, row } = await this.readInstrument.content(id, principal);
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: `inline; filename="${row.id}.pdf"`, length: bytes.length });
  }

  @Post('instruments/:id/void')
  @HttpCode(200)
  @Enter('instrument.void')
  @WritesOnce({ summary: '作废未使用的法律文书', example: { ...EXAMPLE, state: 'void' }, errors: ['not-found', 'wrong-state'] })
  void(@Param('id') id: string, @Body() body: ReasonBody, @Write() call: WriteCall) {
    const { principal } = call;
    return this.writes.run(call, async () => {
      const { row, ofCase } = await this.readInstrument.find(id, principal, 'instrument.void');
      const caseKey = await this.vault.keyOf(row.case_id);
      return {
        caseId: row.case_id,
        caseKey,
        work: async (tx) => {
          await this.readInstrument.void(tx, id, caseKey, body.reason, principal);
          return { status: 200, body: this.view((await findInstrument(tx, id)) ?? row, caseKey, ofCase.currency) };
        },
      };
    });
  }

  private inputOf(body: InstrumentBody, row: CaseRow): NewInstrument {
    const { type, number, title, decidedBy, decidedOn, bank } = body;
    const amount = body.amount === undefined ? undefined : parseAmount(body.amount, row.currency);
    if (amount === 0n) throw invalidAt('/amount', '须大于零');
    if (bank !== undefined && !this.parts.banks.find(bank)) throw invalidAt('/bank', '没有该银行');
    const content = body.content === undefined ? undefined : pdfOf(body.content, body.sha256);
    return {
      type,
      number: number.trim(),
      ...(title === undefined ? {} : { title: title.trim() }),
      ...(amount === undefined ? {} : { amount }),
      ...(decidedBy === undefined ? {} : { decidedBy }),
      ...(decidedOn === undefined ? {} : { decidedOn }),
      ...(bank === undefined ? {} : { bank }),
      ...(content ? { content } : {}),
    };
  }

  private view(row: InstrumentRow, key: DataKey, currency: string) {
    const texts = openTexts(this.vault, key, row);
    return {
      id: row.id,
      caseId: row.case_id,
      type: row.type,
      ...texts,
      state: row.state,
      ...(row.bank === null ? {} : { bank: row.bank }),
      ...(row.amount === null ? {} : { amount: moneyJson(BigInt(row.amount), currency) }),
      ...(row.decided_on === null ? {} : { decidedOn: row.decided_on }),
      uploaded: row.uploaded === 1,
      sha256: row.sha256,
      size: row.size,
      ...(row.seal === null ? {} : { seal: JSON.parse(row.seal) as unknown }),
      createdAt: instantText(row.created_at),
      ...(row.sealed_at === null ? {} : { sealedAt: instantText(row.sealed_at) }),
      ...(row.used_at === null ? {} : { usedAt: instantText(row.used_at) }),
      version: row.version,
    };
  }
}

/** @throws AppError `invalid`, `too-large` */
function pdfOf(text: string, sha256: string | undefined): Buffer {
  const bytes = readBase64(text, '/content', PDF_BYTES_MAX);
  if (!bytes.subarray(0, PDF_HEAD.length).equals(PDF_HEAD)) throw invalidAt('/content', '不是 PDF 文件');
  if (sha256 !== undefined && sha256Hex(bytes) !== sha256.toLowerCase()) throw invalidAt('/sha256', '与内容不符');
  return bytes;
}
