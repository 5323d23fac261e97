/** Between two texts. No word has it. */
const SEPARATOR = '\n';

/** Short texts that are searched together: one search of a long text takes a fraction of the time of many short ones. */
export class JoinedTexts {
  private readonly joined: string;
  /** Where the next text begins, for each text. */
  private readonly ends: Uint32Array;

  constructor(texts: readonly string[]) {
    this.joined = texts.map((text) => text + SEPARATOR).join('');
    this.ends = new Uint32Array(texts.length);
    let end = 0;
    for (const [place, text] of texts.entries()) {
      end += text.length + SEPARATOR.length;
      this.ends[place] = end;
    }
  }

  /** The places of the texts that contain the word, in order. */
  placesOf(word: string): number[] {
    const places: number[] = [];
    let place = 0;
    let at = this.joined.indexOf(word);
    while (at >= 0 && place < this.ends.length) {
      place = this.placeOf(at, place);
      places.push(place);
      at = this.joined.indexOf(word, this.ends[place]);
      place += 1;
    }
    return places;
  }

  /** The text that has this character: the first one, from a place on, that ends after it. */
  private placeOf(at: number, from: number): number {
    let [low, high] = [from, this.ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
