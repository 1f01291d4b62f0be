import sharp from 'sharp';
import type { ModelPlaces } from '../../detectors/models/manifest.ts';
import { FaceFinder, type RgbPicture } from '../../detectors/redaction/face-finder.ts';
import { ObjectNamer } from '../../detectors/yolox/yolox.ts';
import { holdsMiddleOf, overlap, padded } from '../../domain/redaction/geometry.ts';
import { headOf, type Mask } from '../../domain/redaction/plan.ts';
import type { Box } from '../../domain/redaction/types.ts';

/** What the reference is sure of: a doubtful face says nothing about what was missed. */
const sureFace = 0.8;
const surePerson = 0.5;
/** A face counts as masked when this much of it is covered. */
const coveredShare = 0.8;
const sameThing = 0.4;

export interface Reference {
  faces: Box[];
  people: Box[];
}

/** Looks far more closely than the product does: the whole picture and overlapping parts of it, at the picture's own size. */
export class Referee {
  readonly #people: ObjectNamer;
  readonly #faces: FaceFinder;

  private constructor(people: ObjectNamer, faces: FaceFinder) {
    this.#people = people;
    this.#faces = faces;
  }

  static async open(places: ModelPlaces): Promise<Referee> {
    const people = await ObjectNamer.open(places);
    const faces = await FaceFinder.open(places);
    if (!people || !faces) throw new Error('The models are not there: set FLOORWALKER_MODELS to their folder.');
    return new Referee(people, faces);
  }

  async look(picture: RgbPicture): Promise<Reference> {
    const bodies: Box[] = [];
    for (const parts of [1, 2])
      for (const tile of tiles(parts)) {
        const part = await cut(picture, tile);
        for (const { label, box } of await this.#people.see(part.rgb, part.width, part.height, surePerson)) {
          // Cut off by the tile, and so without its head perhaps; another tile has the whole.
          const isCut = parts > 1 && (box.x < 0.02 || box.y < 0.02 || box.x + box.width > 0.98);
          const whole = placed(box, tile);
          if (label === 'person' && !isCut && bodies.every((body) => overlap(body, whole) < sameThing))
            bodies.push(whole);
        }
      }
    const faces: Box[] = [];
    for (const parts of [1, 2, 3])
      for (const tile of tiles(parts)) {
        const part = await cut(picture, tile);
        const all = { left: 0, top: 0, width: part.width, height: part.height };
        for (const { box } of await this.#faces.find(part, all, sureFace)) {
          const whole = placed(box, tile);
          // A pattern on a shelf or a jacket is no face; whoever has one has it where their head is.
          const worn = bodies.some((body) => holdsMiddleOf(headPlace(body, picture), whole));
          if (worn && faces.every((face) => overlap(face, whole) < sameThing)) faces.push(whole);
        }
      }
    return { faces, people: bodies };
  }

  async close(): Promise<void> {
    await Promise.all([this.#people.close(), this.#faces.close()]);
  }
}

async function cut({ rgb, width, height }: RgbPicture, tile: Box): Promise<RgbPicture> {
  const area = {
    left: Math.floor(tile.x * width),
    top: Math.floor(tile.y * height),
    width: Math.floor(tile.width * width),
    height: Math.floor(tile.height * height),
  };
  const raw = sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract(area)
    .raw();
  return { rgb: await raw.toBuffer(), width: area.width, height: area.height };
}

const headPlace = (body: Box, { width, height }: RgbPicture): Box => padded(headOf(body, width / height), 0.25);

/** A box of a tile in the whole picture. */
const placed = (box: Box, tile: Box): Box => ({
  x: tile.x + box.x * tile.width,
  y: tile.y + box.y * tile.height,
  width: box.width * tile.width,
  height: box.height * tile.height,
});

/** `parts` × `parts` tiles that overlap by a third of their size. */
function tiles(parts: number): Box[] {
  if (parts === 1) return [{ x: 0, y: 0, width: 1, height: 1 }];
  const size = 1 / (parts - (parts - 1) / 3);
  const starts = Array.from({ length: parts }, (_, index) => (index * (1 - size)) / (parts - 1));
  return starts.flatMap((y) => starts.map((x) => ({ x, y, width: size, height: size })));
}

/** Whether what somebody can be known by is under the masks of its frame. */
export function isCovered(box: Box, masks: readonly Mask[], picture: { width: number; height: number }): boolean {
  const points = 12;
  let covered = 0;
  for (let row = 0; row < points; row += 1)
    for (let column = 0; column < points; column += 1) {
      const x = (box.x + ((column + 0.5) / points) * box.width) * picture.width;
      const y = (box.y + ((row + 0.5) / points) * box.height) * picture.height;
      if (masks.some((mask) => x >= mask.x && x < mask.x + mask.width && y >= mask.y && y < mask.y + mask.height))
        covered += 1;
    }
  return covered / points ** 2 >= coveredShare;
}
