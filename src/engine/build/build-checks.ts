/** BuildKit's checks of the Dockerfile during a build: told as warnings, or, where it asks for that, failing it. */
import { type Finding, findingText } from "../../shared/dockerfile/lint/findings.js";
import { type BaseFacts, type LintResult, lintDockerfile } from "../../shared/dockerfile/lint/lint-dockerfile.js";
import type { ImageConfig } from "../../shared/oci/image.js";
import type { PatternMatcher } from "../../shared/patternmatcher/matcher.js";
import { type Image, ImageError, type ImageStore } from "../images/image-store.js";
import type { Trace } from "../trace/span.js";
import { BuildError } from "./build-error.js";
import type { BuildRequest, BuildServices } from "./build-request.js";

export interface Checks {
  /** @throws {BuildError} where a finding fails the build. */
  demand(): void;
  findings(): Finding[];
}

/** Each time anew: base images that were pulled meanwhile say more. */
export function buildChecks(
  text: string,
  { target, buildArgs }: BuildRequest,
  ignored: PatternMatcher | undefined,
  { images }: BuildServices,
): Checks {
  const baseFacts = (name: string) => {
    const image = findImage(images, name);
    return image && factsOf(image.config);
  };
  const lint = (): LintResult => lintDockerfile(text, { target, buildArgs, ignored, baseFacts });
  return {
    demand() {
      const { findings, isError, mistake } = lint();
      const names = new Set(findings.map(({ rule }) => rule));
      // A mistake is worse, and the build will tell of it.
      if (isError && !mistake && names.size > 0)
        throw new BuildError(`lint violation found for rules: ${[...names].join(", ")}`);
    },
    findings: () => lint().findings,
  };
}

function findImage(images: ImageStore, name: string): Image | undefined {
  try {
    return images.find(name);
  } catch (error) {
    // Not a name, or of several: the build will say so.
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

function factsOf({ config = {}, os, architecture }: ImageConfig): BaseFacts {
  return { env: config.Env ?? [], hasShell: (config.Shell ?? []).length > 0, platform: `${os}/${architecture}` };
}

/** @returns the warnings as they are printed. */
export function tellWarnings({ sink, clock }: Trace, span: string, findings: readonly Finding[]): string[] {
  return findings.map((finding) => {
    const text = findingText(finding);
    const { rule, range } = finding;
    sink({ type: "warning", span, at: clock.now(), text, rule, ...range });
    return text;
  });
}
