import { test } from "vitest";
import { fuzzSeeds } from "../shared/testfiles/fuzz-seeds.js";
import { fuzzOne } from "./frame-codec.fuzz.js";

test("frames whole and damaged, seeds 1 to 300", () => fuzzSeeds(fuzzOne, 1, 300));
