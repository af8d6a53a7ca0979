import { expect, test } from "vitest";
import { PatternMatcher } from "../../patternmatcher/matcher.js";
import { findingText } from "./findings.js";
import { type LintRequest, lintDockerfile } from "./lint-dockerfile.js";
import { rules } from "./rules.js";

const linted = (text: string, request?: LintRequest) => {
  const { findings, mistake } = lintDockerfile(text, request);
  return mistake ? [...findings.map(findingText), mistake.message] : findings.map(findingText);
};

const covered = new Set<string>();

/** Rule, Dockerfile, then what is found: message and line. */
test.each<[keyof typeof rules, string, ...[string, number][]]>([
  ["StageNameCasing", "FROM scratch AS Bad", ["Stage name 'Bad' should be lowercase", 1]],
  [
    "FromAsCasing",
    "FROM scratch as a\nfrom scratch AS b",
    ["'as' and 'FROM' keywords' casing do not match", 1],
    ["'AS' and 'from' keywords' casing do not match", 2],
  ],
  ["FromAsCasing", "From scratch as a"],
  ["NoEmptyContinuation", "FROM scratch\nCOPY a \\\n\n.", ["Empty continuation line", 4]],
  [
    "ConsistentInstructionCasing",
    "FROM scratch\ncopy a /\nCOPY b /",
    ["Command 'copy' should match the case of the command majority (uppercase)", 2],
  ],
  [
    "ConsistentInstructionCasing",
    "frOM scratch\nfrom scratch",
    ["Command 'frOM' should match the case of the command majority (lowercase)", 1],
  ],
  ["ConsistentInstructionCasing", "from scratch\ncopy a /"],
  [
    "DuplicateStageName",
    "FROM scratch AS b\nFROM scratch AS B",
    ['Duplicate stage name "b", stage names should be unique', 2],
  ],
  [
    "ReservedStageName",
    "FROM scratch AS scratch\nFROM scratch AS context",
    ['Stage name should not use the same name as reserved stage "scratch"', 1],
    ['Stage name should not use the same name as reserved stage "context"', 2],
  ],
  [
    "JSONArgsRecommended",
    "FROM scratch\nCMD a\nentrypoint b",
    ["JSON arguments recommended for CMD to prevent unintended behavior related to OS signals", 2],
    ["JSON arguments recommended for entrypoint to prevent unintended behavior related to OS signals", 3],
  ],
  ["JSONArgsRecommended", 'FROM scratch AS a\nSHELL ["/s"]\nFROM a\nCMD a'],
  [
    "MaintainerDeprecated",
    "FROM scratch\nMAINTAINER me",
    ["Maintainer instruction is deprecated in favor of using label", 2],
  ],
  ["UndefinedArgInFrom", "ARG tag=1\nFROM busybox:${tag}${version}", ["FROM argument 'version' is not declared", 2]],
  ["UndefinedArgInFrom", "ARG X\nFROM scra${X:-tch}"],
  [
    "WorkdirRelativePath",
    "FROM scratch\nWORKDIR app/\nWORKDIR b",
    ['Relative workdir "app/" can have unexpected results if the base image changes', 2],
  ],
  ["WorkdirRelativePath", "FROM scratch AS a\nWORKDIR /app\nFROM a\nWORKDIR sub"],
  [
    "UndefinedVar",
    "FROM scratch\nARG DIR_ASSETS=a\nCOPY $DIR_ASSET .\nRUN echo $none\nENV PATH=$PAHT",
    ["Usage of undefined variable '$DIR_ASSET' (did you mean $DIR_ASSETS?)", 3],
    ["Usage of undefined variable '$PAHT' (did you mean $PATH?)", 5],
  ],
  ["UndefinedVar", "FROM scratch AS a\nARG foo=x\nARG unset\nFROM a\nCOPY $foo$unset ."],
  ["UndefinedVar", "FROM scratch\nARG a=$b b=1 c=$b\nEXPOSE $none 1", ["Usage of undefined variable '$b'", 2]],
  [
    "MultipleInstructionsDisallowed",
    'FROM scratch\nCMD ["a"]\nCMD ["b"]\nHEALTHCHECK NONE\nHEALTHCHECK NONE',
    ["Multiple CMD instructions should not be used in the same stage because only the last one will be used", 2],
    [
      "Multiple HEALTHCHECK instructions should not be used in the same stage because only the last one will be used",
      4,
    ],
  ],
  ["MultipleInstructionsDisallowed", 'FROM scratch AS a\nCMD ["a"]\nFROM a\nCMD ["b"]'],
  [
    "LegacyKeyValueFormat",
    "FROM scratch\nENV a b\nLABEL c d",
    ['"ENV key=value" should be used instead of legacy "ENV key value" format', 2],
    ['"LABEL key=value" should be used instead of legacy "LABEL key value" format', 3],
  ],
  [
    "RedundantTargetPlatform",
    "FROM --platform=${TARGETPLATFORM} scratch",
    ["Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is the default behavior", 1],
  ],
  ["RedundantTargetPlatform", "FROM --platform=$BUILDPLATFORM scratch"],
  [
    "SecretsUsedInArgOrEnv",
    "FROM scratch\nARG SECRET_PASSPHRASE\nENV password=a sunflower=b git_key=\nENV PUBLIC_KEY= password_file=x AUTH_MODULE_VERSION=1",
    ['Do not use ARG or ENV instructions for sensitive data (ARG "SECRET_PASSPHRASE")', 2],
    ['Do not use ARG or ENV instructions for sensitive data (ENV "password")', 3],
    ['Do not use ARG or ENV instructions for sensitive data (ENV "git_key")', 3],
  ],
  [
    "InvalidDefaultArgInFrom",
    "ARG V\nFROM busybox:$V",
    ["Default value for ARG busybox:$V results in empty or invalid base image name", 2],
  ],
  ["InvalidDefaultArgInFrom", "ARG V\nFROM busybox:stable$V"],
  [
    "FromPlatformFlagConstDisallowed",
    "FROM --platform=linux/amd64 scratch",
    ['FROM --platform flag should not use constant value "linux/amd64"', 1],
  ],
  ["FromPlatformFlagConstDisallowed", "FROM --platform=linux/amd64 scratch AS my_amd64"],
  [
    "InvalidDefinitionDescription",
    "# check=experimental=all\n# bar is the bar\nARG foo\n# base is fine\nFROM scratch AS base\n# no\nARG a=1 b=2\n# no\n#\nARG c=1",
    ["Comment for ARG should follow the format: `# foo <description>`", 3],
    ["Comment for ARG should follow the format: `# <arg_key> <description>`", 7],
  ],
  ["InvalidDefinitionDescription", "# no\nFROM scratch AS base"],
  [
    "ExposeProtoCasing",
    "FROM scratch\nEXPOSE 80/TcP 81/udp",
    ["Defined protocol '80/TcP' in EXPOSE instruction should be lowercase", 2],
  ],
  [
    "ExposeInvalidFormat",
    "FROM scratch\nEXPOSE 127.0.0.1:80:80 5000:5000 8000",
    ["EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'", 2],
    ["EXPOSE instruction should not define an IP address or host-port mapping, found '5000:5000'", 2],
  ],
])("%s: %j", (rule, text, ...expected) => {
  covered.add(rule);
  const found = lintDockerfile(text, { buildArgs: {} }).findings.filter((finding) => finding.rule === rule);
  expect(found.map(({ message, range }) => [message, range.firstLine])).toEqual(expected);
});

test("CopyIgnoredFile", () => {
  covered.add("CopyIgnoredFile");
  const text = "FROM scratch AS a\nCOPY ./f .\nADD f /\nFROM scratch\nCOPY --from=a f /\nCOPY . /\n";
  const found = (...patterns: string[]) => linted(text, { ignored: new PatternMatcher(patterns) });
  expect(found("f")).toEqual([
    'CopyIgnoredFile: Attempting to Copy file "f" that is excluded by .dockerignore (line 2)',
    'CopyIgnoredFile: Attempting to Add file "f" that is excluded by .dockerignore (line 3)',
  ]);
  expect(found("f", "!g")).toEqual([]);
  expect(found(".*")).toEqual([]);
  expect(found("*").at(-1)).toContain('file "."');
});

test("InvalidBaseImagePlatform, and what a base image's variables and shell are", () => {
  covered.add("InvalidBaseImagePlatform");
  const facts = { env: ["HOME=/h"], hasShell: true, platform: "linux/amd64" };
  const text = "FROM box\nLABEL a=$HOME b=$HOEM\nCMD x\n";
  expect(linted(text, { baseFacts: () => facts })).toEqual([
    'InvalidBaseImagePlatform: Base image box was pulled with platform "linux/amd64", expected "linux/386" for current build (line 1)',
    "UndefinedVar: Usage of undefined variable '$HOEM' (did you mean $HOME?) (line 2)",
  ]);
  // What an image sets that is not at hand cannot be missed.
  expect(linted(text).join()).not.toContain("UndefinedVar");
});

test("every rule of BuildKit's has a case", () => {
  expect(Object.keys(rules)).toHaveLength(22);
  expect(Object.keys(rules).filter((name) => !covered.has(name))).toEqual([]);
});

const BOTH = "FROM scratch as base\ncopy a .\n";

test.each<[string, string[]]>([
  ["#check=skip=all\n", []],
  ["# check=skip=ConsistentInstructionCasing, FromAsCasing;error=true\n", []],
  ["# check = skip=ConsistentInstructionCasing\n", ["FromAsCasing"]],
  ["# check=skip=FromAsCasing\n\n# check=skip=all\n", ["ConsistentInstructionCasing"]],
])("%j", (directive, left) => {
  expect(lintDockerfile(directive + BOTH).findings.map(({ rule }) => rule)).toEqual(left);
});

test("a comment above an instruction switches rules for that one", () => {
  const text =
    "FROM scratch\n# check=skip=LegacyKeyValueFormat // as ever\nENV a b\nENV c d\n# check=skip=all\nMAINTAINER me\n";
  expect(linted(text)).toEqual([
    'LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (line 4)',
  ]);
});

test("options that cannot be read, and those that a build argument gives", () => {
  expect(linted(`# check=skip\n${BOTH}`)).toEqual(['failed to parse check options: invalid check option "skip"']);
  expect(linted(`# check=fail=1\n${BOTH}`)).toEqual(['failed to parse check options: invalid check option "fail"']);
  const result = lintDockerfile(`# check=skip=all\n${BOTH}`, {
    buildArgs: { BUILDKIT_DOCKERFILE_CHECK: "skip=FromAsCasing;error=true" },
  });
  expect(result).toMatchObject({ isError: true, findings: [{ rule: "ConsistentInstructionCasing" }] });
});

test("what is found before a mistake is told with it", () => {
  const result = lintDockerfile("FROM scratch AS Bad\nMAINTAINER me\nBADCMD\n");
  expect(result.findings.map(({ rule }) => rule)).toEqual(["StageNameCasing", "MaintainerDeprecated"]);
  expect(result.mistake).toEqual({
    message: "dockerfile parse error on line 3: unknown instruction: BADCMD",
    range: { firstLine: 3, lastLine: 3 },
  });
  expect(lintDockerfile("FROM $none\n").mistake?.message).toBe("base name ($none) should not be blank");
});

test.each([
  [
    "FROM --platform=$BULIDPLATFORM scratch",
    "empty platform value from expression $BULIDPLATFORM (did you mean BUILDPLATFORM?)",
  ],
  [
    "ARG MY_ARCH=x\nFROM --platform=linux/${MYARCH} scratch",
    'failed to parse platform linux/${MYARCH}: "" is an invalid component of "linux/": platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument (did you mean MY_ARCH?)',
  ],
])("%s", (text, message) => {
  expect(linted(text).at(-1)).toBe(message);
  expect(linted(text)[0]).toContain("UndefinedArgInFrom");
});

test("a target's stages, or all", () => {
  const text = "FROM scratch AS a\nCOPY $x /\nFROM scratch AS b\nCOPY $y /\nFROM scratch AS c\nCOPY --from=a / /\n";
  expect(linted(text)).toHaveLength(2);
  expect(linted(text, { target: "c" })).toEqual(["UndefinedVar: Usage of undefined variable '$x' (line 2)"]);
});
