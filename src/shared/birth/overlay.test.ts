import { expect, test } from "vitest";
import { NO_LAYERS, overlayOptions } from "./overlay.js";

const PLACE = { layersDirectory: "/page/layers", upper: "/s/upper", work: "/s/work" };
const AFTER = "upperdir=/s/upper,workdir=/s/work,volatile";
const layers = (count: number) => Array.from({ length: count }, (_, i) => `layer-${String(i).padStart(4, "0")}`);

test.each([
  ["the topmost first", ["a", "b"], `lowerdir=/page/layers/b:/page/layers/a,${AFTER}`],
  ["none", [], `lowerdir=${NO_LAYERS},${AFTER}`],
  ["what separates is escaped", ["a:b,c\\d"], `lowerdir=/page/layers/a\\:b\\,c\\\\d,${AFTER}`],
])("%s", (_, names, data) => {
  expect(overlayOptions({ ...PLACE, layers: names })).toEqual({ data, directory: undefined });
});

test("over one page, layers are named relative to their directory", () => {
  // One name is 23 bytes of absolute and 11 of relative options, the colon included.
  const { data, directory } = overlayOptions({ ...PLACE, layers: layers(300) });
  expect(directory).toBe("/page/layers");
  expect(data).toMatch(/^lowerdir=layer-0299:layer-0298:/);
  const last = layers(200).findLastIndex(
    (_, i, all) => overlayOptions({ ...PLACE, layers: all.slice(0, i + 1) }).directory === undefined,
  );
  expect(overlayOptions({ ...PLACE, layers: layers(last + 1) }).data.length).toBeLessThanOrEqual(4095);
  expect(overlayOptions({ ...PLACE, layers: layers(last + 1) }).data.length + 23).toBeGreaterThan(4095);
});

test("more than a page holds even so is refused: the kernel would cut it off", () => {
  expect(() => overlayOptions({ ...PLACE, layers: layers(400) })).toThrow("400 layers are more than one mount takes");
});
