import { FileZip } from '#connectors/file-zip';
import { entryName, packageName, readEntryName, readPackageName } from '../../../libs/connectors/file-zip/names.js';
import { readSeal, writeSeal } from '../../../libs/connectors/file-zip/seal.js';
import { readZip } from '../../../libs/connectors/file-zip/zip/read-zip.js';
import { writeZip } from '../../../libs/connectors/file-zip/zip/write-zip.js';
import { fuzzed, REFUSED, refusedFor } from '../fuzzed-parser.js';
import { file, files, names } from '../places.js';
import { XML_PIECES } from './court-xml.js';
import { bytes, invalid } from './refusals.js';
import { answerOf, COURT_ORDERS, FREEZE } from './samples.js';

const PACKAGES = 'libs/connectors/file-zip/fixtures/packages';
const RECORDS = 'libs/connector-sdk/court-xml/fixtures';
const INSTITUTION = 'D901H101421221001';
const translation = new FileZip([{ legalPerson: FREEZE.legalPerson, institution: INSTITUTION }]);
const ZIP_PIECES = ['PK\u0003\u0004', 'PK\u0001\u0002', 'PK\u0005\u0006', 'PK\u0006\u0006', '../', '\\', '/', 'QR_1.xml', '\u0000', 'ÿÿÿÿ'];
const upNames = names(PACKAGES).filter((name) => /^(CXFK|KZFK|CXSL|KZSL)/.test(name));

/** Names, packages, seals and answers of the file exchange. */
export const FILE_ZIP = [
  fuzzed({
    name: 'package-name',
    samples: () => names(PACKAGES).map(bytes),
    pieces: ['CXQQ', 'KZFK', 'KZHZ', INSTITUTION, '0', '_', '__', '.zip', '/', '..', 'constructor', '-'],
    read: (input) => readPackageName(input.toString('latin1')) ?? REFUSED,
    write: (name) => bytes(packageName(name)),
    isCanonical: true,
  }),
  fuzzed({
    name: 'entry-name',
    samples: () => ['QR_20260310420106000101.xml', 'QRI_1.xml', 'QSL_000020260310090500000001.xml'].map(bytes),
    pieces: ['QR', 'QRI', 'QNA', '_', '.xml', '/', '..', '\\', '1'],
    read: (input) => readEntryName(input.toString('latin1')) ?? REFUSED,
    write: (name) => bytes(entryName(name)),
    isCanonical: true,
  }),
  fuzzed({
    name: 'package-seal',
    samples: () => [writeSeal(bytes('package'), `hbrcu-1;ed25519;${'A'.repeat(86)}`)],
    pieces: ['chakong-seal/v1', '\n', 'sm3 ', 'signature ', ';', 'ed25519', '0', 'A', '\r'],
    read: (input) => readSeal(input) ?? REFUSED,
    write: ({ sm3, signature }) => bytes(`chakong-seal/v1\nsm3 ${sm3}\nsignature ${signature}\n`),
    isCanonical: true,
  }),
  fuzzed({
    name: 'zip',
    samples: () => files(PACKAGES, /\.zip$/),
    pieces: ZIP_PIECES,
    read: (input) => readZip(input, (name) => readEntryName(name) !== undefined),
    refuses: invalid,
    write: writeZip,
    holds: (entries) => {
      if (new Set(entries.map(({ name }) => name)).size < entries.length) throw new Error('two entries of one name');
    },
  }),
  ...upNames.map((name, i) =>
    fuzzed({
      name: `up-package-${name.slice(0, 4).toLowerCase()}-${i + 1}`,
      samples: () => [file(`${PACKAGES}/${name}`)],
      pieces: ZIP_PIECES,
      read: async (input) => {
        const reading = await translation.readFile({ name, bytes: input, legalPerson: FREEZE.legalPerson });
        return reading.kind === 'unreadable' ? refusedFor(reading.reason) : reading;
      },
    }),
  ),
  fuzzed({
    // What stands in an entry, whatever is wrong with it, in a package that is well: so that the changes are not caught by a checksum.
    name: 'up-package-entry',
    samples: () => ['control-feedback', 'control-feedback-refused'].map((record) => file(`${RECORDS}/${record}.xml`)),
    pieces: [...XML_PIECES, '<?xml version="1.0"?>', '<kzxxList/>', 'hzxxList'],
    read: async (input) => {
      const name = upNames.find((one) => one.startsWith('KZFK')) ?? '';
      const entry = { name: entryName({ part: 'QR', key: FREEZE.orderNumber }), bytes: input };
      const reading = await translation.readFile({ name, bytes: await writeZip([entry]), legalPerson: FREEZE.legalPerson });
      return reading.kind === 'unreadable' ? refusedFor(reading.reason) : reading;
    },
  }),
  ...(['freeze', 'inquiry'] as const).map((what) =>
    fuzzed({
      name: `file-answer-${what}`,
      samples: () => {
        const answers = COURT_ORDERS[what].answers.map((record) => file(`${RECORDS}/${record}.xml`));
        const receipt = file(`${RECORDS}/sealed-receipt.xml`);
        return what === 'inquiry' ? answers : answers.flatMap((answer) => [answer, Buffer.concat([answer, receipt])]);
      },
      pieces: [...XML_PIECES, '<?xml version="1.0"?>', '<hzxxList/>', 'MD5', 'WSNR', 'BDHM'],
      read: (input) => answerOf(translation.readAnswer(input, COURT_ORDERS[what].order), COURT_ORDERS[what].order),
    }),
  ),
];
