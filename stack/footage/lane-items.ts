/** A product of the rendered lane: what the till knows of it, and what it looks like from above. */
export interface LaneItem {
  item: string;
  plu: string;
  description: string;
  priceMinor: number;
  width: number;
  height: number;
  /** SVG body in a box of width × height. */
  art: string;
}

const lines = (count: number, draw: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => draw(i)).join('');

/** A bar code: what makes any rectangle look like a product. */
const barcode = (x: number, y: number, width: number, height: number): string => {
  const bars = [2, 1, 1, 3, 1, 2, 1, 1, 2, 3, 1, 1, 2, 1];
  const unit = (width - 4) / (bars.reduce((sum, bar) => sum + bar, 0) * 1.6);
  let at = x + 2;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#fdfdfb" rx="1"/>${bars
    .map((bar) => {
      const drawn = `<rect x="${at.toFixed(2)}" y="${y + 2}" width="${(bar * unit).toFixed(2)}" height="${height - 4}" fill="#1a1a1a"/>`;
      at += bar * unit * 1.6;
      return drawn;
    })
    .join('')}`;
};

const gradient = (id: string, colours: readonly string[], x2 = 1, y2 = 0): string =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="${x2}" y2="${y2}">${colours
    .map((colour, i) => `<stop offset="${i / Math.max(1, colours.length - 1)}" stop-color="${colour}"/>`)
    .join('')}</linearGradient>`;

const cereal = `<defs>${gradient('c', ['#f7b733', '#f29c1f', '#e5861a'], 0, 1)}</defs><rect width="76" height="100" rx="3" fill="url(#c)"/><rect width="6" height="100" rx="2" fill="#b9680f"/>
  <path d="M6 18 Q40 2 76 20 V40 Q40 22 6 38 Z" fill="#c8242b"/><path d="M14 27 q6 -8 13 0 t13 0 t13 0 t13 0" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/>
  <ellipse cx="43" cy="70" rx="25" ry="15" fill="#f8f6f0"/><ellipse cx="43" cy="66" rx="25" ry="13" fill="#dfe9f2"/><ellipse cx="43" cy="66" rx="21" ry="10" fill="#fff7e3"/>
  ${lines(9, (i) => `<circle cx="${30 + ((i * 11) % 28)}" cy="${61 + ((i * 5) % 11)}" r="3.2" fill="none" stroke="#c98a2b" stroke-width="2"/>`)}`;

const milk = `<defs>${gradient('m', ['#dfe6ee', '#ffffff', '#e7edf3', '#c9d3de'])}</defs><rect width="52" height="96" rx="3" fill="url(#m)"/><rect width="52" height="16" rx="3" fill="#cfd8e2"/><path d="M0 16 H52" stroke="#aab6c3" stroke-width="1.2"/>
  <circle cx="26" cy="8" r="6" fill="#1d64b4"/><circle cx="26" cy="8" r="3.6" fill="#3f86d4"/><path d="M0 46 Q13 36 26 46 T52 46 V96 H0 Z" fill="#1d64b4"/><path d="M0 54 Q13 44 26 54 T52 54 V60 Q39 52 26 60 T0 60 Z" fill="#6fb1ee"/>
  <path d="M26 22 q9 12 0 18 q-9 -6 0 -18 z" fill="#1d64b4"/>${barcode(13, 74, 26, 14)}`;

const tomatoes = `<defs>${gradient('t', ['#7c1216', '#d4343a', '#ee5a55', '#c22a30', '#70100f'])}${gradient('s', ['#71767c', '#e4e8ec', '#8e949b'])}</defs><rect x="0" y="0" width="58" height="80" rx="5" fill="url(#s)"/><rect y="5" width="58" height="70" fill="url(#t)"/>
  <rect y="16" width="58" height="12" fill="#fbf4e6"/><path d="M8 22 h42" stroke="#2f7d3a" stroke-width="4" stroke-linecap="round"/><circle cx="29" cy="52" r="15" fill="#f4e9d8"/><circle cx="29" cy="53" r="11" fill="#da2b2b"/><path d="M29 45 l-6 -4 M29 45 l6 -4 M29 45 v-6" stroke="#2f7d3a" stroke-width="2.6" stroke-linecap="round"/><circle cx="25" cy="49" r="2.6" fill="#f58a80"/>
  <path d="M0 5 h58 M0 75 h58" stroke="#5b6066" stroke-width="1"/>`;

const apple = `<defs><radialGradient id="a" cx="0.36" cy="0.32" r="0.8"><stop offset="0" stop-color="#ff8d78"/><stop offset="0.35" stop-color="#d92f2c"/><stop offset="1" stop-color="#7c1114"/></radialGradient></defs><circle cx="27" cy="27" r="26" fill="url(#a)"/>
  ${lines(10, (i) => `<path d="M27 27 L${27 + 25 * Math.cos(i * 0.63)} ${27 + 25 * Math.sin(i * 0.63)}" stroke="#f3b25c" stroke-width="1" opacity="0.28"/>`)}<circle cx="27" cy="26" r="6" fill="#5d0d10" opacity="0.7"/><path d="M27 27 q2 -9 7 -12" stroke="#4d3315" stroke-width="3" fill="none" stroke-linecap="round"/><path d="M31 18 q10 -9 15 -1 q-8 6 -15 1" fill="#4c9a34"/><ellipse cx="17" cy="15" rx="6" ry="4" fill="#fff" opacity="0.4" transform="rotate(-35 17 15)"/>`;

const banana = (turn: number, light: string) =>
  `<path transform="rotate(${turn} 14 14)" d="M12 10 C30 4 66 8 84 40 C86 45 82 48 78 46 C62 26 36 24 14 26 C8 24 6 14 12 10 Z" fill="${light}" stroke="#b98a14" stroke-width="1.4"/>`;
const bananas = `${banana(14, '#e8bd22')}${banana(4, '#f3cc33')}${banana(-6, '#f9da55')}<path d="M6 8 l10 -4 4 20 -12 4 z" fill="#7a5a1c"/><path d="M24 16 C44 12 62 20 74 34" stroke="#fff3b0" stroke-width="2" fill="none" opacity="0.7"/><circle cx="50" cy="20" r="6" fill="#1e56a8"/><circle cx="50" cy="20" r="3" fill="#f4f4f4"/>`;

const yoghurt = `<defs><radialGradient id="y" cx="0.4" cy="0.35" r="0.8"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#f0b7c6"/></radialGradient></defs><circle cx="28" cy="28" r="27" fill="#e8edf2"/><circle cx="28" cy="28" r="27" fill="none" stroke="#a8b1ba" stroke-width="1.5"/><circle cx="28" cy="28" r="24" fill="url(#y)"/><path d="M50 42 l9 7 -5 6 -9 -8 z" fill="#dfe4ea" stroke="#a8b1ba"/>
  <path d="M28 14 C42 14 42 30 28 42 C14 30 14 14 28 14" fill="#d8264a"/><path d="M28 15 l-8 -4 M28 15 l8 -4 M28 15 v-7" stroke="#3d9440" stroke-width="3.4" stroke-linecap="round"/>${lines(7, (i) => `<circle cx="${22 + ((i * 5) % 13)}" cy="${20 + ((i * 7) % 15)}" r="1" fill="#ffe2a0"/>`)}<path d="M8 40 q20 14 40 0" stroke="#7e3aa0" stroke-width="4" fill="none"/>`;

const bread = `<defs>${gradient('b', ['#8a5220', '#c98a43', '#dba55f', '#b87736', '#7b4519'], 0, 1)}</defs><path d="M10 8 Q52 -4 94 8 Q106 30 94 52 Q52 64 10 52 Q-2 30 10 8 Z" fill="url(#b)"/>${lines(5, (i) => `<path d="M${20 + i * 15} 12 q10 16 2 36" stroke="#f0cd96" stroke-width="5" fill="none" stroke-linecap="round" opacity="0.85"/>`)}
  <path d="M10 8 Q52 -4 94 8" stroke="#f4dcb0" stroke-width="2" fill="none" opacity="0.6"/><rect x="36" y="20" width="32" height="22" rx="3" fill="#f4ead6"/><path d="M42 28 h20 M45 34 h14" stroke="#7b4519" stroke-width="3" stroke-linecap="round"/>`;

const juice = `<defs>${gradient('j', ['#c75a06', '#ff9a1f', '#ffb84d', '#f0820f', '#b34d05'])}</defs><rect x="14" y="0" width="18" height="14" rx="3" fill="#1f8a4c"/>${lines(5, (i) => `<rect x="${15.5 + i * 3.4}" y="1" width="1" height="12" fill="#13603a"/>`)}<path d="M16 14 H30 Q31 24 42 32 Q46 36 46 42 V98 Q46 106 38 106 H8 Q0 106 0 98 V42 Q0 36 4 32 Q15 24 16 14 Z" fill="url(#j)"/>
  <rect y="48" width="46" height="38" fill="#fdfaf0"/><circle cx="23" cy="66" r="13" fill="#ff9a1f"/><circle cx="23" cy="66" r="10.5" fill="#ffc46b"/>${lines(8, (i) => `<path d="M23 66 L${23 + 10 * Math.cos(i * 0.785)} ${66 + 10 * Math.sin(i * 0.785)}" stroke="#f08a16" stroke-width="1.4"/>`)}<path d="M8 36 q3 -6 8 -9" stroke="#fff" stroke-width="3" opacity="0.6" fill="none" stroke-linecap="round"/>`;

const chocolate = `<defs>${gradient('h', ['#5b2a86', '#7a3fb0', '#4d2173'], 0, 1)}</defs><path d="M0 4 l3 -4 h90 l3 4 v38 l-3 4 h-90 l-3 -4 z" fill="url(#h)"/><path d="M7 0 v46 M89 0 v46" stroke="#d9b657" stroke-width="5"/><path d="M16 12 Q40 2 60 14 T84 12" stroke="#e9d9f7" stroke-width="3" fill="none"/><rect x="20" y="20" width="36" height="12" rx="3" fill="#f2e7fb"/><path d="M25 26 h26" stroke="#5b2a86" stroke-width="4" stroke-linecap="round"/>
  <rect x="62" y="20" width="9" height="9" fill="#57331b"/><rect x="72" y="20" width="9" height="9" fill="#6b4226"/><rect x="62" y="30" width="9" height="9" fill="#6b4226"/><rect x="72" y="30" width="9" height="9" fill="#57331b"/><path d="M4 3 h88" stroke="#fff" stroke-width="1.4" opacity="0.4"/>`;

const pasta = `<defs>${gradient('p', ['#123a78', '#1f57a8', '#123a78'])}</defs><path d="M0 6 ${lines(16, (i) => `L${2 + i * 4} ${i % 2 ? 6 : 0}`)} V98 ${lines(16, (i) => `L${62 - i * 4} ${i % 2 ? 98 : 104}`)} Z" fill="url(#p)"/><path d="M0 30 Q32 16 64 30 V36 Q32 22 0 36 Z" fill="#e43b3b"/><path d="M14 18 h36" stroke="#fff" stroke-width="5" stroke-linecap="round"/><ellipse cx="32" cy="62" rx="22" ry="24" fill="#e7c25d"/>
  ${lines(12, (i) => `<path d="M${16 + ((i * 13) % 32)} ${46 + ((i * 9) % 32)} l6 5 -6 5" stroke="#b78a26" stroke-width="3" fill="none"/>`)}<ellipse cx="32" cy="62" rx="22" ry="24" fill="none" stroke="#fff" stroke-width="2"/><path d="M8 8 V96" stroke="#fff" stroke-width="3" opacity="0.18"/>`;

export const LANE_ITEMS: readonly LaneItem[] = [
  {
    item: 'cereal',
    plu: '4006381333931',
    description: 'Corn rings 500 g',
    priceMinor: 349,
    width: 76,
    height: 100,
    art: cereal,
  },
  {
    item: 'milk',
    plu: '4008400221021',
    description: 'Whole milk 1 l',
    priceMinor: 129,
    width: 52,
    height: 96,
    art: milk,
  },
  {
    item: 'tomatoes',
    plu: '8005110210204',
    description: 'Peeled tomatoes 400 g',
    priceMinor: 99,
    width: 58,
    height: 80,
    art: tomatoes,
  },
  { item: 'apple', plu: '4016', description: 'Apple Red Delicious', priceMinor: 55, width: 54, height: 54, art: apple },
  { item: 'bananas', plu: '4011', description: 'Bananas', priceMinor: 142, width: 92, height: 60, art: bananas },
  {
    item: 'yoghurt',
    plu: '4025500089015',
    description: 'Strawberry yoghurt 150 g',
    priceMinor: 79,
    width: 60,
    height: 57,
    art: yoghurt,
  },
  {
    item: 'bread',
    plu: '4071800001012',
    description: 'Country loaf',
    priceMinor: 289,
    width: 104,
    height: 60,
    art: bread,
  },
  {
    item: 'juice',
    plu: '5449000133328',
    description: 'Orange juice 1 l',
    priceMinor: 219,
    width: 46,
    height: 106,
    art: juice,
  },
  {
    item: 'chocolate',
    plu: '7622210449283',
    description: 'Milk chocolate 100 g',
    priceMinor: 159,
    width: 96,
    height: 46,
    art: chocolate,
  },
  {
    item: 'pasta',
    plu: '8076809513753',
    description: 'Rigatoni 500 g',
    priceMinor: 169,
    width: 64,
    height: 104,
    art: pasta,
  },
];
