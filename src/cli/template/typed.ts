/**
 * Documents of the API as the stock client's Go types have them: what a document lacks is the zero value of its type,
 * `[]`, `map[]`, an empty text, 0 or false, and `<nil>` where Go has a pointer.
 */

/** Members by type, names parted by spaces. */
export interface Shape {
  texts?: string;
  numbers?: string;
  flags?: string;
  lists?: string;
  maps?: string;
  /** Maps of texts, where a key that is not there has the empty one. */
  textMaps?: string;
  pointers?: string;
  structs?: Readonly<Record<string, Shape>>;
  /** Go's name for a member that the JSON calls otherwise. */
  renamed?: Readonly<Record<string, string>>;
}

/** Go writes what is nil as null, and prints it by its type. */
const asNull = <T extends object>(empty: T): T => Object.defineProperty(empty, "toJSON", { value: () => null });

/** What `index` gives for a key that a map has not; a map without it gives nothing. */
export const ZERO = Symbol("zero");

const withZero = (map: object, zero: unknown) => Object.defineProperty(map, ZERO, { value: zero });

/** A pointer to nothing. */
export const NIL = Object.freeze(asNull({}));
const NIL_LIST = Object.freeze(asNull([]));

/** @returns a document of the same members, and of those that it lacks. */
export function typed(document: object, shape: Shape): object {
  const given = document as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = { ...given };
  for (const [names, zero] of zeros(shape)) for (const name of names.split(" ")) result[name] ??= zero;
  for (const [names, zero] of [
    [shape.maps, undefined],
    [shape.textMaps, ""],
  ] as const)
    for (const name of names?.split(" ") ?? [])
      result[name] = withZero(given[name] ? { ...given[name] } : asNull({}), zero);
  for (const [name, inner] of Object.entries(shape.structs ?? {})) result[name] = typed(given[name] ?? {}, inner);
  for (const [name, member] of Object.entries(shape.renamed ?? {})) hide(result, name, result[member]);
  return result;
}

function zeros({ texts, numbers, flags, lists, pointers }: Shape): [string, unknown][] {
  const all = [
    [texts, ""],
    [numbers, 0],
    [flags, false],
    [lists, NIL_LIST],
    [pointers, NIL],
  ] as const;
  return all.flatMap(([names, zero]): [string, unknown][] => (names === undefined ? [] : [[names, zero]]));
}

/** Found by its name, and not printed twice. */
function hide(document: object, name: string, value: unknown): void {
  Object.defineProperty(document, name, { value });
}
