import { type Document, isMap, isNode, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { type Finding, type Place, placeOf, topOf } from './place.ts';

export type Path = readonly PropertyKey[];

/** A YAML file and where in it everything stands. */
export class YamlPlaces {
  readonly file: string;
  readonly #text: string;
  readonly #document: Document;

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    this.#document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  }

  /** Its plain value, or what keeps it from being read: broken indentation, a key given twice, a tag nobody knows. */
  read(): { readonly value: unknown } | { readonly findings: readonly Finding[] } {
    const complaints = [...this.#document.errors, ...this.#document.warnings];
    if (complaints.length > 0) {
      return {
        findings: complaints.map(({ message, pos, code }) => ({
          place: placeOf(this.file, this.#text, pos[0]),
          message: code === 'DUPLICATE_KEY' ? 'this key stands here a second time' : firstSmall(message),
        })),
      };
    }
    const findings = this.#prototypes();
    if (findings.length > 0) return { findings };
    try {
      return { value: this.#document.toJS({ maxAliasCount: 100 }) };
    } catch (error) {
      const message = error instanceof Error ? firstSmall(error.message) : 'cannot be read';
      return { findings: [{ place: topOf(this.file), message }] };
    }
  }

  /** Whoever reads maps by their keys passes over this one, so that a class of that name would be left out in silence. */
  #prototypes(): Finding[] {
    const findings: Finding[] = [];
    visit(this.#document, {
      Pair: (_at, { key }) => {
        if (!isNode(key) || String(key) !== '__proto__') return;
        const place = key.range ? placeOf(this.file, this.#text, key.range[0]) : topOf(this.file);
        findings.push({ place, message: '`__proto__` cannot be a key' });
      },
    });
    return findings;
  }

  /** Where the value at `path` begins; when there is none, the nearest thing around it. */
  of(path: Path): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return placeOf(this.file, this.#text, node.range[0]);
    }
    return topOf(this.file);
  }

  /** Where the key itself stands that is the last of `path`. */
  ofKey(path: Path): Place {
    const parent = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return this.of(path);
    const pair = (parent as YAMLMap).items.find((item: Pair) => String(item.key) === String(path.at(-1)));
    return isNode(pair?.key) && pair.key.range ? placeOf(this.file, this.#text, pair.key.range[0]) : this.of(path);
  }
}

const firstSmall = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);
