import PDFDocument from 'pdfkit';
import type { Block, PageDocument } from '../../domain/packet/documents.ts';

const marginPt = 56;
const labelWidthPt = 120;
const ink = '#111111';
const alarm = '#9b1c1c';

/** Sets a document in A4 with the fonts that every reader has; the same document is the same bytes. */
export async function renderPdf(page: PageDocument): Promise<Uint8Array> {
  const at = new Date(page.at);
  const pdf = new PDFDocument({
    size: 'A4',
    margin: marginPt,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: printable(page.title),
      Producer: 'Floorwalker',
      Creator: 'Floorwalker',
      CreationDate: at,
      ModDate: at,
    },
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<void>((resolve, reject) => pdf.once('end', resolve).once('error', reject));
  for (const block of page.blocks) draw(pdf, block);
  pdf.end();
  await done;
  return Buffer.concat(chunks);
}

function draw(pdf: PDFKit.PDFDocument, block: Block): void {
  switch (block.kind) {
    case 'title':
      pdf.font('Helvetica-Bold').fontSize(22).fillColor(ink).text(printable(block.text)).moveDown(0.6);
      return;
    case 'heading':
      pdf.moveDown(0.8).font('Helvetica-Bold').fontSize(12).fillColor(ink).text(printable(block.text)).moveDown(0.2);
      return;
    case 'text':
      pdf.font('Helvetica').fontSize(10).fillColor(ink).text(printable(block.text), { lineGap: 2 }).moveDown(0.4);
      return;
    case 'stamp':
      pdf.moveDown(0.4).font('Helvetica-Bold').fontSize(12).fillColor(alarm).text(printable(block.text)).moveDown(0.6);
      return;
    case 'rows':
      for (const [label, value] of block.rows) row(pdf, label, value);
      pdf.x = marginPt;
  }
}

/** A label and its value beside it; a label that is too long for its column gets a line of its own. */
function row(pdf: PDFKit.PDFDocument, label: string, value: string): void {
  const left = marginPt;
  const width = pdf.page.width - 2 * marginPt;
  pdf.fontSize(10).fillColor(ink);
  const name = printable(label);
  pdf.font('Helvetica-Bold');
  const fits = pdf.widthOfString(name) < labelWidthPt - 8;
  const text = printable(value);
  const height = pdf.font('Helvetica').heightOfString(text, { width: fits ? width - labelWidthPt : width });
  if (pdf.y + height + 14 > pdf.page.height - marginPt) pdf.addPage();
  const top = pdf.y;
  pdf.font('Helvetica-Bold').text(name, left, top, { width: fits ? labelWidthPt : width });
  if (fits) pdf.font('Helvetica').text(text, left + labelWidthPt, top, { width: width - labelWidthPt });
  else pdf.font('Helvetica').text(text, left, pdf.y, { width });
  pdf.y += 3;
}

const windows1252 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** The built-in fonts know Windows-1252 only; another sign is shown by its number, and stands in full in the JSON. */
export const printable = (text: string): string =>
  [...text.normalize('NFC')]
    .map((sign) => {
      const code = sign.codePointAt(0)!;
      if ((code >= 32 && code < 127) || (code >= 160 && code < 256) || windows1252.has(sign)) return sign;
      return code < 32 || code === 127 ? ' ' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    })
    .join('');
