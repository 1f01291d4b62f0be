/** The lane's pictures as SVG. No text anywhere: a bare machine has no fonts; brands are shapes. */

export const LANE = { width: 640, height: 360, fps: 15, seconds: 60 } as const;

const shade = (id: string, stops: readonly [offset: number, colour: string][], x2 = 0, y2 = 1): string =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="${x2}" y2="${y2}">${stops
    .map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`)
    .join('')}</linearGradient>`;

const rect = (x: number, y: number, width: number, height: number, fill: string, rx = 0, more = ''): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" rx="${rx}" ${more}/>`;

const repeat = (count: number, draw: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => draw(i)).join('');

/** The empty lane from above: floor, counter, basket shelf, scanner bed, bagging scale, till housing. */
export function sceneSvg(): string {
  const defs = [
    shade('floor', [
      [0, '#8d8578'],
      [1, '#6f675c'],
    ]),
    shade('counter', [
      [0, '#c9ccd0'],
      [0.5, '#b4b8bd'],
      [1, '#9a9fa6'],
    ]),
    shade('plate', [
      [0, '#a6acb3'],
      [0.5, '#969ca4'],
      [1, '#868c95'],
    ]),
    shade(
      'glass',
      [
        [0, '#1c2630'],
        [0.55, '#101820'],
        [1, '#18212a'],
      ],
      1,
      1,
    ),
    shade('shelf', [
      [0, '#5b6068'],
      [1, '#474c54'],
    ]),
    shade('housing', [
      [0, '#23272e'],
      [1, '#343a43'],
    ]),
    shade('screen', [
      [0, '#f4f8fc'],
      [1, '#dbe6f0'],
    ]),
    shade('basket', [
      [0, '#1f6f5c'],
      [1, '#185547'],
    ]),
    `<filter id="soft"><feGaussianBlur stdDeviation="6"/></filter><filter id="blur2"><feGaussianBlur stdDeviation="2"/></filter>`,
    `<radialGradient id="vignette" cx="0.5" cy="0.48" r="0.75"><stop offset="0.55" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.42"/></radialGradient>`,
  ].join('');
  const tiles =
    repeat(9, (i) => rect(i * 80 - 20, 0, 1.5, 360, '#5d564c', 0, 'opacity="0.55"')) +
    repeat(5, (i) => rect(0, i * 80 + 20, 640, 1.5, '#5d564c', 0, 'opacity="0.55"'));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LANE.width}" height="${LANE.height}"><defs>${defs}</defs>
    ${rect(0, 0, 640, 360, 'url(#floor)')}${tiles}
    ${rect(16, 48, 608, 268, '#000', 14, 'opacity="0.5" filter="url(#soft)"')}
    ${rect(16, 40, 608, 266, 'url(#counter)', 12)}
    ${rect(16, 296, 608, 10, '#7d838b', 5)}${rect(20, 42, 600, 2, '#e6e9ec', 1, 'opacity="0.8"')}
    ${basketSvg()}${scannerSvg()}${baggingSvg()}${tillSvg()}
    ${rect(0, 0, 640, 360, 'url(#vignette)')}</svg>`;
}

function basketSvg(): string {
  const slats =
    repeat(11, (i) => rect(52 + i * 12.6, 104, 2.4, 172, '#0f3d33', 1, 'opacity="0.55"')) +
    repeat(13, (i) => rect(48, 110 + i * 13, 140, 2, '#0f3d33', 1, 'opacity="0.4"'));
  return `${rect(30, 86, 176, 208, 'url(#shelf)', 8)}${rect(34, 90, 168, 200, '#3c4148', 6)}
    ${rect(42, 100, 154, 186, '#000', 14, 'opacity="0.35" filter="url(#blur2)"')}
    ${rect(40, 96, 154, 186, '#2c8f78', 14)}${rect(46, 102, 142, 174, 'url(#basket)', 10)}${slats}
    <path d="M40 150 q-10 40 0 80" fill="none" stroke="#23272e" stroke-width="5"/><path d="M194 150 q10 40 0 80" fill="none" stroke="#23272e" stroke-width="5"/>
    ${rect(42, 97, 150, 3, '#6fd0b8', 2, 'opacity="0.6"')}`;
}

function scannerSvg(): string {
  const laser = [-52, -26, 0, 26, 52]
    .map(
      (slope) =>
        `<path d="M${320 - slope * 0.6} 128 L${320 + slope * 0.6} 262" stroke="#e0202c" stroke-width="1.1" opacity="${slope === 0 ? 0 : 0.38}"/>`,
    )
    .join('');
  const screws = [
    [224, 104],
    [416, 104],
    [224, 284],
    [416, 284],
  ]
    .map(
      ([x, y]) =>
        `<circle cx="${x}" cy="${y}" r="3" fill="#6b7178"/><path d="M${(x ?? 0) - 2} ${y} h4" stroke="#3d4248" stroke-width="1"/>`,
    )
    .join('');
  return `${rect(214, 92, 212, 204, '#5f656d', 8)}${rect(217, 94, 206, 200, 'url(#plate)', 7)}
    ${repeat(20, (i) => rect(219 + i * 10.2, 96, 0.8, 196, '#ffffff', 0, 'opacity="0.07"'))}${screws}
    ${rect(268, 116, 104, 158, '#54595f', 8)}${rect(272, 120, 96, 150, '#0a0f14', 6)}${rect(274, 122, 92, 146, 'url(#glass)', 5)}
    ${laser}<path d="M320 122 V268" stroke="#ff2b36" stroke-width="2.2"/><path d="M320 122 V268" stroke="#ff6a70" stroke-width="6" opacity="0.22"/>
    <path d="M276 124 h44 l-34 142 h-10 z" fill="#ffffff" opacity="0.07"/><path d="M334 124 h14 l-30 142 h-14 z" fill="#ffffff" opacity="0.04"/>
    <path d="M236 196 l14 -9 v18 z" fill="#d9dde2" opacity="0.0"/>
    <g fill="#e9edf1" opacity="0.75"><path d="M232 190 h14 v-6 l12 10 -12 10 v-6 h-14 z"/><path d="M384 190 h14 v-6 l12 10 -12 10 v-6 h-14 z"/></g>`;
}

function baggingSvg(): string {
  return `${rect(438, 86, 172, 208, 'url(#shelf)', 8)}${rect(442, 90, 164, 200, '#383d44', 6)}
    ${repeat(13, (i) => rect(448, 98 + i * 15, 152, 2.2, '#50565f', 1))}`;
}

function tillSvg(): string {
  const keys = repeat(12, (i) =>
    rect(
      503 + (i % 3) * 10,
      34 + Math.floor(i / 3) * 8,
      7,
      5,
      i === 11 ? '#3fae5a' : i === 9 ? '#c2423c' : '#8d949d',
      1.2,
    ),
  );
  return `${rect(166, 2, 312, 88, '#000', 10, 'opacity="0.45" filter="url(#soft)"')}
    ${rect(168, 0, 304, 82, 'url(#housing)', 9)}${rect(168, 76, 304, 6, '#14171b', 3)}
    ${rect(196, 6, 188, 62, '#0c0e11', 5)}${rect(200, 10, 180, 54, 'url(#screen)', 3)}
    ${rect(200, 10, 180, 10, '#1f5fa8', 3)}${rect(205, 13, 34, 4, '#cfe2f6', 1)}${rect(340, 48, 36, 12, '#2f9e57', 3)}${rect(347, 52.5, 22, 3, '#e9f8ee', 1)}
    ${rect(406, 10, 52, 18, '#15181c', 3)}${rect(411, 20, 42, 3, '#000', 1)}${rect(416, 23, 32, 16, '#f3f1ea', 1)}${repeat(4, (i) => rect(419, 26 + i * 3.2, 18 + ((i * 7) % 9), 1, '#9b9890'))}
    ${rect(494, 8, 46, 66, '#1b1e23', 6)}${rect(499, 13, 36, 16, '#9fc3a5', 2)}${keys}
    ${rect(266, 82, 108, 12, '#2a1013', 3)}${rect(270, 84, 100, 7, '#5c0f16', 2)}${rect(274, 85, 92, 2, '#b3323a', 1, 'opacity="0.7"')}`;
}

/** An open paper bag on the scale; drawn apart, because things fall into it and a fresh one takes its place. */
export function bagSvg(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="150" height="186"><defs>${shade('kraft', [
    [0, '#c79f6b'],
    [1, '#a97f4c'],
  ])}${shade('deep', [
    [0, '#3d2d1b'],
    [0.5, '#5c4429'],
    [1, '#4a3621'],
  ])}<filter id="b"><feGaussianBlur stdDeviation="4"/></filter></defs>
    ${rect(8, 12, 138, 172, '#000', 6, 'opacity="0.45" filter="url(#b)"')}
    <path d="M6 10 L144 6 L146 178 L4 180 Z" fill="url(#kraft)"/><path d="M14 18 L136 15 L138 170 L12 172 Z" fill="url(#deep)"/>
    <path d="M6 10 L14 18 M144 6 L136 15 M146 178 L138 170 M4 180 L12 172" stroke="#8a6538" stroke-width="1.5"/>
    <path d="M14 18 L136 15" stroke="#e2c08f" stroke-width="2.5"/><path d="M6 10 L144 6" stroke="#e6c797" stroke-width="1.5"/>
    <path d="M52 8 q22 -16 44 -2" fill="none" stroke="#d8b581" stroke-width="5"/><path d="M52 178 q22 14 44 0" fill="none" stroke="#b58f5c" stroke-width="5"/></svg>`;
}

/** A forearm with its hand pointing up, leaning by `degrees`; the palm is the middle of the picture. */
export function handSvg(degrees: number, gripping: boolean): string {
  const tips = gripping
    ? [
        [-23, -27],
        [-9, -35],
        [6, -36],
        [20, -30],
      ]
    : [
        [-30, -42],
        [-11, -54],
        [8, -55],
        [26, -45],
      ];
  const roots = [
    [-17, -6],
    [-7, -10],
    [5, -10],
    [15, -6],
  ];
  const finger = (width: number, colour: string) =>
    tips
      .map(([x = 0, y = 0], i) => {
        const [rx = 0, ry = 0] = roots[i] ?? [];
        return `<path d="M${rx} ${ry} Q${(rx + x) / 2 + x * 0.12} ${(ry + y) / 2} ${x} ${y}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" fill="none"/>`;
      })
      .join('');
  const nails = tips
    .map(
      ([x = 0, y = 0]) => `<ellipse cx="${x * 1.02}" cy="${y - 2.5}" rx="3.4" ry="4" fill="#f3cdb6" opacity="0.85"/>`,
    )
    .join('');
  const thumb = gripping ? 'M-19 8 Q-36 -2 -33 -18' : 'M-19 8 Q-42 2 -45 -16';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="560" viewBox="-150 -280 300 560"><defs>
    ${shade(
      'skin',
      [
        [0, '#d79f7c'],
        [0.5, '#e3b08d'],
        [1, '#c98d69'],
      ],
      1,
      0,
    )}${shade(
      'sleeve',
      [
        [0, '#2d4569'],
        [0.35, '#46659a'],
        [0.7, '#3c5889'],
        [1, '#263c5d'],
      ],
      1,
      0,
    )}</defs>
    <g transform="rotate(${degrees})">
    <path d="M-19 10 C-19 40 -23 60 -26 84 L26 84 C23 60 19 40 19 10 Z" fill="url(#skin)"/>
    ${finger(15.5, '#b97e5b')}<path d="${thumb}" stroke="#b97e5b" stroke-width="16" stroke-linecap="round" fill="none"/>
    <ellipse cx="0" cy="6" rx="23.5" ry="24" fill="#b97e5b"/><ellipse cx="0" cy="6" rx="22" ry="22.6" fill="#dda885"/>
    ${finger(13, '#dda885')}<path d="${thumb}" stroke="#dda885" stroke-width="13.5" stroke-linecap="round" fill="none"/>
    ${nails}<path d="M-15 -4 q3 3 6 1 M-4 -8 q4 3 7 0 M8 -7 q4 2 7 1" stroke="#b07654" stroke-width="1.3" fill="none"/>
    <path d="M-10 14 q8 6 20 2" stroke="#bb8361" stroke-width="1.4" fill="none" opacity="0.8"/>
    <path d="M-31 62 C-34 130 -42 220 -50 300 L50 300 C42 220 34 130 31 62 Q0 72 -31 62 Z" fill="url(#sleeve)"/>
    <path d="M-31 62 Q0 72 31 62 L32 72 Q0 83 -32 72 Z" fill="#22375a"/>
    <path d="M-14 90 Q-8 140 -18 200 M12 96 Q6 150 16 210 M-2 110 Q4 150 -2 190" stroke="#24395b" stroke-width="2" fill="none" opacity="0.55"/></g></svg>`;
}
