import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readMessage, Refusal, type SignatureTrust } from '#connectors/iso20022-inquiry';
import { errorText, SystemClock } from '#kernel';

const USAGE = 'usage: npm run -s iso20022 -- check [--certificate <trusted.pem>]… <file.xml>…';
const USAGE_EXIT_CODE = 2;
const FILES_MAX = 10_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** What was asked for cannot be done as it was asked. */
class WrongUsage extends Error {}

async function run(args: readonly string[]): Promise<boolean> {
  const { files, certificates } = parseOptions(args);
  const trust: SignatureTrust = { certificates: await trusted(certificates), at: new Date(new SystemClock().now()) };
  let all = true;
  for (const file of files) all = (await check(file, trust)) && all;
  return all;
}

function parseOptions(args: readonly string[]): { readonly files: readonly string[]; readonly certificates: readonly string[] } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: { certificate: { type: 'string', multiple: true } } });
  } catch (error) {
    throw new WrongUsage(errorText(error));
  }
  const [verb, ...files] = parsed.positionals;
  if (verb !== 'check' || files.length === 0 || files.length > FILES_MAX) throw new WrongUsage(`check takes 1 to ${FILES_MAX} files`);
  return { files, certificates: parsed.values.certificate ?? [] };
}

async function trusted(paths: readonly string[]): Promise<readonly X509Certificate[] | undefined> {
  if (paths.length === 0) return undefined;
  try {
    return await Promise.all(paths.map(async (path) => new X509Certificate(await readFile(path))));
  } catch (error) {
    throw new WrongUsage(`no certificate can be read: ${errorText(error)}`);
  }
}

/** One line a file. @throws WrongUsage when the file cannot be read at all */
async function check(file: string, trust: SignatureTrust): Promise<boolean> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new WrongUsage(`${file}: ${errorText(error)}`);
  });
  try {
    const { name, signature, remark } = readMessage(bytes, trust);
    const worth = signature === 'absent' ? ' signature absent' : signature === 'not-judged' ? '' : ' signature ok';
    say(`accepted ${name}${worth}`);
    if (remark !== undefined) complain(`${file}: the signature was not judged: ${remark}`);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`refused ${error.code} ${error.message.replace(/\s+/g, ' ')}`);
    complain(`${file}: refused`);
    return false;
  }
}

run(process.argv.slice(2)).then(
  (all) => void (process.exitCode = all ? 0 : 1),
  (error: unknown) => {
    complain(error instanceof WrongUsage ? `${error.message}\n${USAGE}` : errorText(error));
    process.exitCode = USAGE_EXIT_CODE;
  },
);
