/**
 * The number of the pool that writes to this person, always the same, so that all of their answers are in one thread. By rendezvous
 * hashing: a number that joins or leaves the pool changes it only for those who get or lose that very number.
 */
export function pickNumber(numbers: readonly string[], to: string): string {
  let picked: { number: string; weight: number } | null = null;
  for (const number of numbers) {
    const weight = hashOf(`${number} ${to}`);
    if (!picked || weight > picked.weight || (weight === picked.weight && number < picked.number))
      picked = { number, weight };
  }
  if (!picked) throw new Error('The pool of numbers is empty: set TWILIO_FROM.');
  return picked.number;
}

/** FNV-1a, mixed once more since its high bits change little with the last characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
