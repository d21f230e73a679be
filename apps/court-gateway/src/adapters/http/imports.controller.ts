import { Readable } from 'node:stream';
import { Get, HttpCode, Inject, Injectable, Param, Post, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { assertMay, type Principal } from '#access';
import { Reads, WritesOnce } from '#http';
import { AppError } from '#kernel';
import { PARTS, type GatewayParts } from '../../gateway-parts.js';
import { ImportCases } from '../../use-cases/import-cases/import-cases.js';
import { notFound, pathId } from '../store/case-rows.js';
import { findImport, importView } from '../store/import-rows.js';
import { ApiController, CurrentPrincipal, Enter } from './principal.js';
import { Write, Writes, type WriteCall } from './writes.js';

const CSV = 'text/csv';
const EXAMPLE = {
  id: '0199a3c0-5a7e-7d10-9a4e-0f3f6c1d2b31',
  status: 'completed',
  linesTotal: 3,
  linesDone: 3,
  casesCreated: 1,
  refused: [{ line: 3, code: 'invalid', detail: 'idType：证件类型不在代码表内' }],
  refusedTotal: 1,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  encoding: 'utf-8',
  at: '2026-03-10T01:02:03.000Z',
  endedAt: '2026-03-10T01:02:04.000Z',
};
const CSV_EXAMPLE = `caseNumber,courtCode,filedOn,ceiling,currency,role,kind,name,idType,idNumber
(2026)鄂0106执1234号,420106,2026-03-10,189197.50,CNY,debtor,person,陈志远,01,420106190001010019
(2026)鄂0106执1234号,420106,2026-03-10,189197.50,CNY,applicant,organisation,武汉某建材有限公司,USCC,91420100MA4FAKE00L
`;

/** Lets bodies of `text/csv` through as streams, so that a file of any size is never in memory. */
@Injectable()
export class CsvBodies implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (fastify.hasContentTypeParser(CSV)) return;
    fastify.addContentTypeParser(CSV, (_request, payload, done) => done(null, payload));
  }
}

@ApiController('', '案件导入')
export class ImportsController {
  constructor(
    @Inject(PARTS) private readonly parts: GatewayParts,
    @Inject(Writes) private readonly writes: Writes,
    @Inject(ImportCases) private readonly importCases: ImportCases,
  ) {}

  @Post('cases/import')
  @HttpCode(202)
  @Enter('import.start')
  @ApiConsumes(CSV)
  @ApiBody({ schema: { type: 'string', example: CSV_EXAMPLE } })
  @WritesOnce({
    summary: '导入案件（CSV，UTF-8 或 GB18030，首行为表头，每行一名当事人）',
    description:
      '可选列：handler、courtAccountName、courtAccountNumber、courtAccountBankName、courtAccountBankNumber、tags（以分号分隔）。同案各行须相邻。正确的案件予以保留，已有的案号不重复建立。',
    status: 202,
    example: { id: EXAMPLE.id },
    errors: ['unavailable'],
  })
  async start(@Write() call: WriteCall) {
    const source = call.request.body;
    if (!(source instanceof Readable)) throw new AppError('unsupported-media-type', '须以 text/csv 上传');
    this.writes.assertKey(call);
    const file = await this.importCases.receive(source);
    let isAccepted = false;
    try {
      const answer = await this.writes.run(
        call,
        () =>
          Promise.resolve({
            work: async (tx) => {
              await this.importCases.accept(tx, file, call.principal);
              tx.afterCommit(() => (isAccepted = true));
              return { status: 202, location: `/api/v1/imports/${file.id}`, body: { id: file.id } };
            },
          }),
        { bytes: Buffer.from(file.sha256, 'hex'), content: { sha256: file.sha256 } },
      );
      if (isAccepted) this.importCases.begin(file.id);
      return answer;
    } finally {
      if (!isAccepted) await this.importCases.discard(file.id);
    }
  }

  @Get('imports/:id')
  @Enter('import.read')
  @Reads({ summary: '导入进度与被拒的行', example: EXAMPLE, errors: ['not-found'] })
  async read(@Param('id') id: string, @CurrentPrincipal() principal: Principal) {
    const { reader } = this.parts.database;
    const row = await findImport(reader, pathId(id));
    if (!row) throw notFound();
    assertMay(principal, 'import.read', { ownerId: row.by_user });
    return importView(reader, row);
  }
}
