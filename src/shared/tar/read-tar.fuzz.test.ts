import { test } from "vitest";
import { fuzzSeeds } from "../testfiles/fuzz-seeds.js";
import { fuzzOne } from "./read-tar.fuzz.js";

test("archives whole and damaged, seeds 1 to 300", () => fuzzSeeds(fuzzOne, 1, 300));
