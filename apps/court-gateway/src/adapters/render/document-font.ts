import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import type { PDFDocument, PDFFont } from 'pdf-lib';

/** Noto Sans SC (SIL Open Font License): a free font with the characters that names of persons and places need. */
const FONT_FILE = '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf';

export type ParsedFont = ReturnType<typeof fontkit.create>;

interface LoadedFont {
  readonly bytes: Uint8Array;
  readonly parsed: ParsedFont;
}

/** What fontkit's subset keeps while it is written; its types do not show it. */
interface SubsetInside {
  glyf: Buffer[];
  offset: number;
  _addGlyph(glyphId: number): number;
}

let loaded: LoadedFont | undefined;

/** The parsed font. Reading and parsing ten megabytes takes a tenth of a second, so each worker does it once. */
export function documentFont(): LoadedFont {
  if (!loaded) {
    const bytes = readFileSync(createRequire(import.meta.url).resolve(FONT_FILE));
    const parsed = fontkit.create(bytes);
    padGlyphs(parsed);
    loaded = { bytes, parsed };
  }
  return loaded;
}

/**
 * A subset below 64 KiB stores the places of its glyphs in units of two bytes, and fontkit writes glyphs of an odd length one after
 * the other without filling them up. Every glyph behind such a one would then be read from a wrong place and come out as nothing or
 * as another character. So each glyph is filled up to an even length here.
 */
function padGlyphs(font: ParsedFont): void {
  const createSubset = font.createSubset.bind(font);
  font.createSubset = () => {
    const subset = createSubset();
    const inside = subset as unknown as SubsetInside;
    const addGlyph = inside._addGlyph.bind(subset);
    inside._addGlyph = (glyphId) => {
      const index = addGlyph(glyphId);
      const glyph = inside.glyf[index];
      if (glyph && glyph.length % 2 === 1) {
        // fontkit brings a Buffer of its own and takes no other.
        const Bytes = glyph.constructor as typeof Buffer;
        inside.glyf[index] = Bytes.concat([glyph, Bytes.alloc(1)]);
        inside.offset += 1;
      }
      return index;
    };
    return subset;
  };
}

/** Embeds only the glyphs that the document uses. */
export async function embedDocumentFont(pdf: PDFDocument): Promise<PDFFont> {
  const { bytes, parsed } = documentFont();
  pdf.registerFontkit({ create: () => parsed });
  return pdf.embedFont(bytes, { subset: true });
}
