/** One GSM 03.38 segment holds 160 septets; the signs of the extension table take two. */
export const segmentSeptets = 160;
const gsmBasic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const gsmExtended = '^{}\\[~]|€';
/** What a phone's plain alphabet lacks and what is read as the same. */
const lookalikes: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
};

/** Septets of a text in GSM-7 (3GPP TS 23.038), or null when a sign is outside the alphabet. */
export function gsmSeptets(text: string): number | null {
  let septets = 0;
  for (const sign of text) {
    if (gsmBasic.includes(sign)) septets += 1;
    else if (gsmExtended.includes(sign)) septets += 2;
    else return null;
  }
  return septets;
}

/** The nearest text of one-septet signs: ü, ñ and é stay, á and ç lose their marks, what no plain phone shows is left out. */
export const plainText = (text: string): string => plainSigns(text).replace(/\s+/g, ' ').trim();

/** The same, sign by sign, with its blanks as they are. */
export const plainSigns = (text: string): string => [...text.normalize('NFC')].map(plainSign).join('');

function plainSign(sign: string): string {
  if (gsmSeptets(sign) === 1) return sign;
  const near = lookalikes[sign] ?? sign.normalize('NFKD').replace(/\p{M}/gu, '');
  return near !== '' && gsmSeptets(near) === near.length ? near : ' ';
}
