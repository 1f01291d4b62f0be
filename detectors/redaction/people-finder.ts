import { holdsMiddleOf, overlap, padded } from '../../domain/redaction/geometry.ts';
import { headOf } from '../../domain/redaction/plan.ts';
import type { Seen } from '../../domain/redaction/tracks.ts';
import type { Box } from '../../domain/redaction/types.ts';
import { MODELS, type ModelPlaces, type PinnedModel } from '../models/manifest.ts';
import { ObjectNamer } from '../yolox/yolox.ts';
import { type Crop, FaceFinder, type RgbPicture } from './face-finder.ts';

/** The face model sees 320 pixels across: heads of people far away are looked at from closer by, this many of them. */
const MOST_CLOSE_LOOKS = 6;
/** How much is looked at around a head, in heads. */
const AROUND_HEAD = 0.8;
const LEAST_CROP_PIXELS = 24;
const SAME_FACE = 0.3;

export type Missing = Pick<PinnedModel, 'id' | 'file'>;

/** Finds people and faces, for masking them; needs both models. */
export class PeopleFinder {
  readonly models: readonly { id: string; version: string; sha256: string }[] = [
    MODELS.yoloxNano,
    MODELS.rfb320Face,
  ].map(({ id, version, sha256 }) => ({ id, version, sha256 }));
  readonly #people: ObjectNamer;
  readonly #faces: FaceFinder;

  private constructor(people: ObjectNamer, faces: FaceFinder) {
    this.#people = people;
    this.#faces = faces;
  }

  /** Opens both models, or says which one is nowhere; throws on wrong weights. */
  static async open(places: ModelPlaces, threads = 1): Promise<PeopleFinder | Missing> {
    const people = await ObjectNamer.open(places, threads);
    if (!people) return MODELS.yoloxNano;
    const faces = await FaceFinder.open(places, threads);
    if (faces) return new PeopleFinder(people, faces);
    await people.close();
    return MODELS.rfb320Face;
  }

  /** Everybody in a picture: whole, as far as they are in it, and their faces. */
  async look(picture: RgbPicture, minScores: { person: number; face: number; loneFace: number }): Promise<Seen[]> {
    const { width, height } = picture;
    const objects = await this.#people.see(picture.rgb, width, height, minScores.person);
    const people = objects.filter(({ label }) => label === 'person');
    const heads = people.slice(0, MOST_CLOSE_LOOKS).map(({ box }) => padded(headOf(box, width / height), AROUND_HEAD));
    const crops = [{ x: 0, y: 0, width: 1, height: 1 }, ...heads].flatMap((box) => cropOf(box, picture) ?? []);
    const faces: Seen[] = [];
    for (const crop of crops)
      for (const { box, score } of await this.#faces.find(picture, crop, minScores.face)) {
        const inPicture: Box = {
          x: (crop.left + box.x * crop.width) / width,
          y: (crop.top + box.y * crop.height) / height,
          width: (box.width * crop.width) / width,
          height: (box.height * crop.height) / height,
        };
        const likely = score >= minScores.loneFace || people.some((person) => holdsMiddleOf(person.box, inPicture));
        if (likely && faces.every((face) => overlap(face.box, inPicture) <= SAME_FACE))
          faces.push({ kind: 'face', box: inPicture, score });
      }
    return [...people.map(({ box, score }): Seen => ({ kind: 'person', box, score })), ...faces];
  }

  async close(): Promise<void> {
    await Promise.all([this.#people.close(), this.#faces.close()]);
  }
}

function cropOf(box: Box, { width, height }: RgbPicture): Crop | null {
  const left = Math.max(0, Math.floor(box.x * width));
  const top = Math.max(0, Math.floor(box.y * height));
  const right = Math.min(width, Math.ceil((box.x + box.width) * width));
  const bottom = Math.min(height, Math.ceil((box.y + box.height) * height));
  const crop = { left, top, width: right - left, height: bottom - top };
  return crop.width < LEAST_CROP_PIXELS || crop.height < LEAST_CROP_PIXELS ? null : crop;
}
