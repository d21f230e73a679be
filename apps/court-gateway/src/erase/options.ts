import { parseArgs } from 'node:util';
import { errorText } from '#kernel';

export const USAGE = `usage: npm run -s erase -- --court <url> --case <case number> propose --reason <legal ground, no personal data>
       npm run -s erase -- --court <url> approve <id>
       npm run -s erase -- --court <url> reject <id> [--reason <why>]
       npm run -s erase -- --court <url> [--case <case number>] status [<id>]
Who asks is told by CHAKONG_TOKEN, or by CHAKONG_USER and CHAKONG_PASSWORD (or CHAKONG_PASSWORD_FILE); never on the command line.`;

/** What the command is asked to do. */
export type EraseWish =
  | { readonly verb: 'propose'; readonly caseNumber: string; readonly reason: string }
  | { readonly verb: 'approve' | 'reject'; readonly id: string; readonly reason: string | undefined }
  | { readonly verb: 'status'; readonly id: string | undefined; readonly caseNumber: string | undefined };

export interface EraseOptions {
  /** Origin of the court's interface, without a trailing slash. */
  readonly court: string;
  readonly wish: EraseWish;
}

const OPTIONS = { court: { type: 'string' }, case: { type: 'string' }, reason: { type: 'string' } } as const;

/** Reads the command line. @returns what is wrong with it as a text */
export function parseOptions(args: readonly string[]): EraseOptions | string {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return errorText(error);
  }
  const { court = '', case: caseNumber, reason } = parsed.values;
  const [verb, id, ...more] = parsed.positionals;
  if (!/^https?:\/\/[^\s/?#@]+\/?$/.test(court)) return '--court is an origin such as https://court.example';
  if (more.length > 0) return `${more[0]} is too much`;
  const wish = wishOf(verb, { id, caseNumber, reason });
  return typeof wish === 'string' ? wish : { court: court.replace(/\/$/, ''), wish };
}

interface Given {
  readonly id: string | undefined;
  readonly caseNumber: string | undefined;
  readonly reason: string | undefined;
}

function wishOf(verb: string | undefined, { id, caseNumber, reason }: Given): EraseWish | string {
  switch (verb) {
    case 'propose':
      if (caseNumber === undefined || reason === undefined || id !== undefined)
        return 'propose needs --case and --reason, and nothing else';
      return { verb, caseNumber, reason };
    case 'approve':
    case 'reject':
      if (id === undefined || caseNumber !== undefined) return `${verb} needs the id of a proposal, and no --case`;
      return { verb, id, reason };
    case 'status':
      if ((id === undefined) === (caseNumber === undefined) || reason !== undefined) return 'status needs --case or the id of a proposal';
      return { verb, id, caseNumber };
    default:
      return 'the command is propose, approve, reject or status';
  }
}
