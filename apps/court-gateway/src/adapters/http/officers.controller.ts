import { Body, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { scanTypeOf } from '#connector-sdk';
import { afterClause, Code, cutPage, Day, OneOf, PageQuery, pageStart, Reads, Text, Version, WritesOnce } from '#http';
import { maskPhone } from '#privacy';
import type { Reader } from '#persistence';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { RegisterOfficer, type OfficerEntry } from '../../use-cases/register-officer/register-officer.js';
import { Vault } from '../../vault.js';
import { notFound } from '../store/case-rows.js';
import { filingsOf, findOfficer, openOfficer, type OfficerRow } from '../store/officer-rows.js';
import { invalidAt, readBase64 } from './base64.js';
import { ApiController, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

/** A scan of a credential is legible far below this. */
export const IMAGE_BYTES_MAX = 1024 * 1024;
const IMAGE_CHARS_MAX = Math.ceil(IMAGE_BYTES_MAX / 3) * 4 + 4;

export class OfficerBody {
  @Text({ max: 64, example: 'officer' })
  username!: string;

  @Text({ max: 60, example: '李晓' })
  name!: string;

  @Code({ example: '420106' })
  courtCode!: string;

  @Text({ max: 50, description: '工作证编号', example: '鄂0106-0231' })
  workId!: string;

  @Text({ max: 50, description: '执行公务证编号', example: '鄂执-10231' })
  dutyId!: string;

  @Text({ max: 30, optional: true, example: '027-88936020' })
  phone?: string;

  @Text({ max: IMAGE_CHARS_MAX, optional: true, description: '工作证影像，PNG 或 JPEG，base64，至多 1 MiB' })
  workIdImage?: string;

  @Text({ max: IMAGE_CHARS_MAX, optional: true, description: '执行公务证影像，PNG 或 JPEG，base64，至多 1 MiB' })
  dutyIdImage?: string;

  @Day({ example: '2020-01-01' })
  validFrom!: string;

  @Day({ example: '2030-12-31' })
  validTo!: string;
}

export class OfficerChangeBody extends OfficerBody {
  @Version({ optional: true })
  version?: number;
}

export class FilingBody {
  @OneOf(['filed', 'withdrawn'])
  state!: 'filed' | 'withdrawn';

  @Day()
  from!: string;

  @Day({ example: '2030-12-31' })
  to!: string;
}

const EXAMPLE = {
  id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b11',
  version: 1,
  username: 'officer',
  name: '李晓',
  courtCode: '420106',
  workId: '鄂0106-0231',
  dutyId: '鄂执-10231',
  phone: '027******20',
  hasWorkIdImage: true,
  hasDutyIdImage: true,
  validFrom: '2020-01-01',
  validTo: '2030-12-31',
  filings: [{ bank: 'hubeibank', state: 'filed', from: '2020-01-01', to: '2030-12-31' }],
};

@ApiController('officers', '承办人登记')
export class OfficersController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(RegisterOfficer) private readonly register: RegisterOfficer,
  ) {}

  @Get()
  @Enter('officer.list')
  @Reads({ summary: '承办人登记簿', example: { items: [EXAMPLE], nextCursor: null } })
  async list(@Query() query: PageQuery) {
    const start = pageStart(query);
    const { reader } = this.parts.database;
    const after = afterClause(start, 'created_at', 'id');
    const rows = await reader.all<OfficerRow>(`SELECT * FROM officers WHERE 1 = 1${after.sql} ORDER BY created_at DESC, id DESC LIMIT ?`, [
      ...after.params,
      start.limit + 1,
    ]);
    const page = cutPage(rows, start, (row) => ({ at: row.created_at, id: row.id }));
    const items = [];
    for (const row of page.rows) items.push(await this.view(reader, row));
    return { items, nextCursor: page.nextCursor };
  }

  @Post()
  @Enter('officer.write')
  @WritesOnce({ summary: '登记承办人（不建立登录账号）', status: 201, example: EXAMPLE, errors: ['already-exists'] })
  add(@Body() body: OfficerBody, @Write() call: WriteCall) {
    const entry = entryOf(body);
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => {
          const id = await this.register.add(tx, entry, call.principal);
          return { status: 201, location: `/api/v1/officers/${id}`, body: await this.viewOf(tx, id) };
        },
      }),
    );
  }

  @Put(':id')
  @Enter('officer.write')
  @WritesOnce({ summary: '变更登记，形成新版本', example: { ...EXAMPLE, version: 2 }, errors: ['not-found', 'stale-version'] })
  change(@Param('id') id: string, @Body() body: OfficerChangeBody, @Write() call: WriteCall) {
    const entry = entryOf(body);
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => {
          await this.register.change(tx, id, entry, call.principal, body.version);
          return { status: 200, body: await this.viewOf(tx, id) };
        },
      }),
    );
  }

  @Put(':id/filings/:bank')
  @Enter('officer.file')
  @WritesOnce({ summary: '向银行备案或撤回备案', example: EXAMPLE, errors: ['not-found'] })
  file(@Param('id') id: string, @Param('bank') bank: string, @Body() body: FilingBody, @Write() call: WriteCall) {
    return this.writes.run(call, () =>
      Promise.resolve({
        work: async (tx) => {
          await this.register.file(tx, id, bank, body, call.principal);
          return { status: 200, body: await this.viewOf(tx, id) };
        },
      }),
    );
  }

  private async viewOf(reader: Reader, id: string) {
    const row = await findOfficer(reader, id);
    if (!row) throw notFound();
    return this.view(reader, row);
  }

  private async view(reader: Reader, row: OfficerRow) {
    const officer = openOfficer(this.vault, row);
    const { id, version, username, name, courtCode, workId, dutyId, phone, validFrom, validTo } = officer;
    return {
      id,
      version,
      username,
      name,
      courtCode,
      workId,
      dutyId,
      ...(phone === undefined ? {} : { phone: maskPhone(phone) }),
      hasWorkIdImage: officer.workIdImage !== undefined,
      hasDutyIdImage: officer.dutyIdImage !== undefined,
      validFrom,
      validTo,
      filings: await filingsOf(reader, id),
    };
  }
}

function entryOf(body: OfficerBody): OfficerEntry {
  const { username, name, courtCode, workId, dutyId, phone, validFrom, validTo } = body;
  const workIdImage = imageOf(body.workIdImage, '/workIdImage');
  const dutyIdImage = imageOf(body.dutyIdImage, '/dutyIdImage');
  return {
    username,
    name,
    courtCode,
    workId,
    dutyId,
    validFrom,
    validTo,
    ...(phone === undefined ? {} : { phone }),
    ...(workIdImage ? { workIdImage } : {}),
    ...(dutyIdImage ? { dutyIdImage } : {}),
  };
}

function imageOf(text: string | undefined, pointer: string): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = readBase64(text, pointer, IMAGE_BYTES_MAX);
  if (scanTypeOf(bytes) === undefined) throw invalidAt(pointer, '须为 PNG 或 JPEG 影像');
  return bytes;
}
