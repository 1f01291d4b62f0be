import { createRandom, type Random } from './random.ts';

export interface Article {
  plu: string;
  description: string;
  /** Of one piece, or of one kilogram. */
  priceMinor: number;
  weighed: boolean;
  packSize: number;
  /** The class that an item model would give it; most articles have none. */
  label: string | null;
  /** People buy several of it. */
  many: boolean;
}

/** Things with names of our own; the label is one of the classes that common item models know. */
const produce: [name: string, kiloMinor: number, label: string | null][] = [
  ['Bananas', 179, 'banana'],
  ['Apples Rosalind', 249, 'apple'],
  ['Apples Greenfield', 229, 'apple'],
  ['Oranges', 239, 'orange'],
  ['Mandarins', 299, 'orange'],
  ['Carrots', 109, 'carrot'],
  ['Broccoli', 349, 'broccoli'],
  ['Onions', 119, null],
  ['Potatoes', 99, null],
  ['Tomatoes on the vine', 329, null],
  ['Grapes white', 499, null],
  ['Cherries', 899, null],
  ['Mushrooms', 599, null],
  ['Ginger', 799, null],
  ['Walnuts loose', 1299, null],
  ['Peppers mixed', 399, null],
];
const kinds: [name: string, lowMinor: number, highMinor: number, label: string | null, many: boolean][] = [
  ['Milk', 99, 189, 'bottle', true],
  ['Yoghurt', 49, 129, 'cup', true],
  ['Butter', 199, 389, null, false],
  ['Cheese', 249, 799, null, false],
  ['Bread', 149, 449, null, false],
  ['Rolls', 29, 89, null, true],
  ['Pizza', 249, 549, 'pizza', false],
  ['Sandwich', 249, 499, 'sandwich', false],
  ['Cake', 299, 999, 'cake', false],
  ['Doughnut', 79, 149, 'donut', true],
  ['Water', 39, 119, 'bottle', true],
  ['Juice', 149, 349, 'bottle', true],
  ['Beer', 89, 199, 'bottle', true],
  ['Wine', 399, 1899, 'bottle', false],
  ['Whisky', 1699, 4999, 'bottle', false],
  ['Coffee', 449, 1199, null, false],
  ['Tea', 199, 499, null, false],
  ['Chocolate', 99, 349, null, true],
  ['Crisps', 129, 299, null, true],
  ['Pasta', 89, 249, null, true],
  ['Rice', 149, 399, null, false],
  ['Soup tin', 129, 289, null, true],
  ['Cat food', 49, 119, null, true],
  ['Ham', 199, 549, null, false],
  ['Steak', 799, 2499, null, false],
  ['Salmon', 599, 1499, null, false],
  ['Razor blades', 999, 2999, null, false],
  ['Shampoo', 199, 649, 'bottle', false],
  ['Face cream', 499, 2499, null, false],
  ['Toothpaste', 99, 449, null, false],
  ['Washing powder', 499, 1599, null, false],
  ['Batteries', 399, 1299, null, false],
];
const sorts = [
  'Plain',
  'Hazel',
  'Meadow',
  'Harbour',
  'Granny',
  'Alpine',
  'Copper',
  'Linden',
  'Juniper',
  'Quarry',
  'Fern',
];
const packs: [name: string, packSize: number, lowMinor: number, highMinor: number][] = [
  ['Water six-pack', 6, 199, 399],
  ['Beer six-pack', 6, 499, 999],
  ['Lemonade four-pack', 4, 249, 449],
  ['Yoghurt four-pack', 4, 169, 329],
  ['Tuna three-pack', 3, 299, 549],
  ['Tissues eight-pack', 8, 199, 399],
];

/** About four hundred articles, the same for the same seed. */
export function createAssortment(seed: number): Article[] {
  const random = createRandom(seed, 'assortment');
  const price = (low: number, high: number) => Math.max(19, Math.round(random.between(low, high) / 10) * 10 - 1);
  const plain = { weighed: false, packSize: 1, label: null, many: false };
  const articles: Article[] = [
    ...produce.map(([description, priceMinor, label], index) => ({
      ...plain,
      ...{ plu: String(4011 + index), description, priceMinor, weighed: true, label },
    })),
    ...kinds.flatMap(([name, low, high, label, many], kind) =>
      sorts.map((sort, index) => ({
        ...plain,
        ...{
          plu: barcode(kind * 100 + index),
          description: `${name} ${sort}`,
          priceMinor: price(low, high),
          label,
          many,
        },
      })),
    ),
    ...packs.flatMap(([name, packSize, low, high], kind) =>
      sorts.slice(0, 5).map((sort, index) => ({
        ...plain,
        ...{ plu: barcode(9_000 + kind * 100 + index), description: `${name} ${sort}`, packSize },
        priceMinor: price(low, high),
      })),
    ),
  ];
  return articles;
}

/** An EAN-13 of the range that is kept for use inside shops, with its check digit. */
function barcode(number: number): string {
  const digits = `20${String(number).padStart(10, '0')}`;
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A few articles make most of the sales: the chance falls with the rank, as Zipf's law has it. */
export function createShopper(articles: readonly Article[], seed: number): (random: Random) => Article {
  const ranking = createRandom(seed, 'ranking');
  const ranked = articles.map((article) => ({ article, key: ranking.next() })).sort((a, b) => a.key - b.key);
  const upTo: number[] = [];
  let total = 0;
  for (const index of ranked.keys()) {
    total += 1 / (index + 12);
    upTo.push(total);
  }
  return (random) => {
    const wanted = random.next() * total;
    let low = 0;
    let high = ranked.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return ranked[low]!.article;
  };
}

/** What an amount of an article costs. */
export const costMinor = (article: Article, quantity: number): number =>
  Math.max(1, Math.round(article.priceMinor * quantity));
