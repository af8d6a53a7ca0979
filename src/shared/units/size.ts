/** Sizes as docker/go-units prints and reads them. */
const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** Powers of 1000: `1.23MB`. Docker's tables have 3 significant digits, its progress lines 4. */
export function humanSize(bytes: number, precision = 4): string {
  return scaled(bytes, 1000, DECIMAL, precision);
}

/** Powers of 1024: `32MiB`, as `docker stats` has it. */
export function bytesSize(bytes: number): string {
  return scaled(bytes, 1024, BINARY, 4);
}

function scaled(bytes: number, base: number, units: string[], precision: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit++;
  }
  return general(size, precision) + units[unit];
}

/** C's `%.<precision>g`: `1e+03` where rounding reaches the next power, as Docker prints it. */
function general(value: number, precision: number): string {
  const [mantissa, exponent] = value.toPrecision(precision).split("e") as [string, string?];
  const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return exponent ? `${trimmed}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}` : trimmed;
}

/** A size or number that cannot be read; the message is Docker's. */
export class SizeError extends Error {
  override name = "SizeError";
}

/** `200m`, `1G`, `1.5 GiB` in powers of 1024. @throws {SizeError} such as `invalid size: 'x'`. */
export function ramInBytes(text: string): number {
  return parseSize(text, 1024);
}

/** `10MB` in powers of 1000. @throws {SizeError}. */
export function fromHumanSize(text: string): number {
  return parseSize(text, 1000);
}

function parseSize(text: string, base: number): number {
  const last = text.search(/[0-9. ][^0-9. ]*$/);
  if (last < 0) throw new SizeError(`invalid size: '${text}'`);
  const digits = text.slice(0, text[last] === " " ? last : last + 1);
  const suffix = text.slice(last + 1);
  const value = parseFloatStrictly(digits);
  if (value < 0) throw new SizeError(`invalid size: '${text}'`);
  return Math.trunc(value * multiplier(suffix, base));
}

function parseFloatStrictly(digits: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits))
    throw new SizeError(`strconv.ParseFloat: parsing ${JSON.stringify(digits)}: invalid syntax`);
  return Number(digits);
}

function multiplier(suffix: string, base: number): number {
  if (suffix === "" || suffix.toLowerCase() === "b") return 1;
  const match = /^([kmgtp])(b|ib)?$/i.exec(suffix);
  if (!match) throw new SizeError(`invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`);
  return base ** ("kmgtp".indexOf(match[1]!.toLowerCase()) + 1);
}
