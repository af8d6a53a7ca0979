import { expect, test } from "vitest";
import { expandInstruction } from "./expand-instruction.js";
import { runScript } from "./instructions/run.js";
import { parseRunMount } from "./instructions/run-mount.js";
import { findStage, parseDockerfile, parseTrigger } from "./parse-dockerfile.js";
import { DockerfileError } from "./source.js";

/** The instructions of the only stage, without what all have in common. */
function instructionsOf(...lines: string[]) {
  return parseDockerfile(["FROM busybox", ...lines].join("\n")).stages[0]!.instructions.map(
    ({ code, range, comments, heredocs, ...own }) => own,
  );
}

test.each<[string, object]>([
  ["RUN echo hi", { name: "RUN", command: { form: "shell", script: "echo hi" } }],
  ["run echo  a   b", { name: "RUN", command: { form: "shell", script: "echo  a   b" } }],
  ['RUN ["a", "b c"]', { name: "RUN", command: { form: "exec", argv: ["a", "b c"] } }],
  ["RUN ['a']", { name: "RUN", command: { form: "shell", script: "['a']" } }],
  ["RUN [ -f x ] && y", { name: "RUN", command: { form: "shell", script: "[ -f x ] && y" } }],
  [
    "RUN --mount=type=cache,target=/c --network=none make",
    { mounts: ["type=cache,target=/c"], network: "none", command: { form: "shell", script: "make" } },
  ],
  ["COPY a b /c/", { name: "COPY", sources: ["a", "b"], destination: "/c/", exclude: [] }],
  ['COPY ["a b", "/c"]', { sources: ["a b"], destination: "/c" }],
  [
    "COPY --from=build --chown=1:2 --chmod=644 --link a /b",
    { from: "build", chown: "1:2", chmod: "644", link: true, sources: ["a"] },
  ],
  ["COPY --exclude=*.md --exclude=x . /", { exclude: ["*.md", "x"] }],
  ["ADD --checksum=sha256:x --unpack=false a.tar /b", { checksum: "sha256:x", unpack: false, sources: ["a.tar"] }],
  [
    "ENV a=1 b='x y' c=\"z\"",
    {
      env: [
        { key: "a", value: "1" },
        { key: "b", value: "'x y'" },
        { key: "c", value: '"z"' },
      ],
    },
  ],
  ["ENV a one  two", { env: [{ key: "a", value: "one  two", isLegacy: true }] }],
  ["LABEL a.b=c", { name: "LABEL", labels: [{ key: "a.b", value: "c" }] }],
  ["ARG a", { name: "ARG", args: [{ key: "a" }] }],
  ["ARG a=1 b= c", { args: [{ key: "a", value: "1" }, { key: "b", value: "" }, { key: "c" }] }],
  ["WORKDIR /a b", { name: "WORKDIR", path: "/a b" }],
  ["USER 1000:1000", { name: "USER", user: "1000:1000" }],
  ["EXPOSE 80 443/tcp 53/udp", { name: "EXPOSE", ports: ["443/tcp", "53/udp", "80"] }],
  ["VOLUME /a /b", { name: "VOLUME", volumes: ["/a", "/b"] }],
  ["STOPSIGNAL SIGINT", { name: "STOPSIGNAL", signal: "SIGINT" }],
  ["CMD", { name: "CMD", command: { form: "shell", script: "" } }],
  ["CMD []", { command: { form: "exec", argv: [] } }],
  ['ENTRYPOINT ["/x"]', { name: "ENTRYPOINT", command: { form: "exec", argv: ["/x"] } }],
  ['SHELL ["/bin/sh", "-ec"]', { name: "SHELL", shell: ["/bin/sh", "-ec"] }],
  ["ONBUILD RUN x", { name: "ONBUILD", expression: "RUN x" }],
  ["MAINTAINER me", { name: "MAINTAINER", maintainer: "me" }],
  ["HEALTHCHECK NONE", { test: ["NONE"], interval: 0 }],
  [
    "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD wget x",
    { test: ["CMD-SHELL", "wget x"], interval: 90e9, timeout: 5e8, retries: 3 },
  ],
  ['HEALTHCHECK CMD ["a"]', { test: ["CMD", "a"] }],
])("%s", (line, expected) => expect(instructionsOf(line)[0]).toMatchObject(expected));

test.each<[string, string, [number, number]]>([
  ["", "file with no instructions", [0, 0]],
  ["# only\n\n", "file with no instructions", [2, 2]],
  ["FROM a\n\nFOOBARS x", "dockerfile parse error on line 3: unknown instruction: FOOBARS", [3, 3]],
  ["FROM a\nRUM x", "dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)", [2, 2]],
  ["FROM a\ncoyp x", "dockerfile parse error on line 2: unknown instruction: coyp (did you mean copy?)", [2, 2]],
  ["RUN x", "no build stage in current context", [1, 1]],
  ["FROM a\nENV x", "ENV must have two arguments", [2, 2]],
  ["FROM a\nENV x=1 y", 'Syntax error - can\'t find = in "y". Must be of the form: name=value', [2, 2]],
  ["FROM a\nENV =1", "dockerfile parse error on line 2: ENV names can not be blank", [2, 2]],
  ["FROM a\nENV", "dockerfile parse error on line 2: ENV requires at least one argument", [2, 2]],
  ['FROM a\nCMD ["a", 1]', "when using JSON array syntax, arrays must be comprised of strings only", [2, 2]],
  ["FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments", [1, 1]],
  [
    "FROM a AS 1x",
    'dockerfile parse error on line 1: invalid name for build stage: "1x", name can\'t start with a number or contain symbols',
    [1, 1],
  ],
  [
    "FROM a\nCOPY x",
    "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined",
    [2, 2],
  ],
  ["FROM a\nCOPY --form=b x y", "dockerfile parse error on line 2: unknown flag: --form (did you mean from?)", [2, 2]],
  ["FROM a\nCOPY --from x y", "dockerfile parse error on line 2: missing a value on flag: --from", [2, 2]],
  [
    "FROM a\nCOPY --link=maybe x y",
    "dockerfile parse error on line 2: expecting boolean value for flag --link, not: maybe",
    [2, 2],
  ],
  ["FROM a\nCOPY --from=a --from=b x y", "dockerfile parse error on line 2: duplicate flag specified: --from", [2, 2]],
  [
    "FROM a\nCOPY x <<E\nE\n",
    "dockerfile parse error on line 2: COPY cannot accept a heredoc as a destination",
    [2, 3],
  ],
  ["FROM a\nRUN <<E\nx\n", "unterminated heredoc", [2, 3]],
  ["FROM a\nSHELL sh", "dockerfile parse error on line 2: SHELL requires the arguments to be in JSON form", [2, 2]],
  ["FROM a\nWORKDIR", "dockerfile parse error on line 2: WORKDIR requires exactly one argument", [2, 2]],
  ["FROM a\nONBUILD FROM b", "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger", [2, 2]],
  [
    "FROM a\nONBUILD ONBUILD RUN b",
    "dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
    [2, 2],
  ],
  [
    "FROM a\nHEALTHCHECK --interval=5 CMD x",
    'dockerfile parse error on line 2: time: missing unit in duration "5"',
    [2, 2],
  ],
  [
    "FROM a\nHEALTHCHECK --interval=5us CMD x",
    'dockerfile parse error on line 2: Interval "interval" cannot be less than 1ms',
    [2, 2],
  ],
  [
    "FROM a\nHEALTHCHECK --retries=99999999999 CMD x",
    'dockerfile parse error on line 2: strconv.ParseInt: parsing "99999999999": value out of range',
    [2, 2],
  ],
  [
    "FROM a\nRUN --mount=from=$x,target=/x true",
    "dockerfile parse error on line 2: 'from' doesn't support variable expansion, define alias stage instead",
    [2, 2],
  ],
  ["# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\", [0, 0]],
  ["# syntax=a\n# syntax=b\nFROM a", "only one syntax parser directive can be used", [1, 1]],
])("%j is refused", (text, message, [firstLine, lastLine]) => {
  let thrown: unknown;
  try {
    parseDockerfile(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DockerfileError);
  expect(thrown).toMatchObject({ message, range: { firstLine, lastLine } });
});

test("a line that is just not too long", () => {
  expect(instructionsOf(`LABEL a=${"a".repeat(65_527)}`)).toHaveLength(1);
  expect(() => instructionsOf(`LABEL a=${"a".repeat(65_528)}`)).toThrow(
    expect.objectContaining({
      message: "dockerfile line greater than max allowed size of 65535",
      range: { firstLine: 2, lastLine: 2 },
    }),
  );
  expect(() => instructionsOf(`LABEL a=${"\u00e4".repeat(32_764)}`)).toThrow("greater than max");
});

test("only ARG is no build", () => {
  expect(() => parseDockerfile("ARG a")).toThrow("dockerfile contains no stages to build");
});

test("stages, global arguments, lines", () => {
  const file = parseDockerfile(`\ufeff# syntax=docker/dockerfile:1
# escape=\`
ARG tag=1
# build does
# all the work
FROM --platform=linux/386 busybox:$tag AS Build

run echo a \`
  # a comment inside

  && echo b
FROM scratch
COPY --from=build /x /x
`);
  expect(file.directives).toEqual({ syntax: "docker/dockerfile:1", escape: "`" });
  expect(file.globalArgs.map(({ args }) => args)).toEqual([[{ key: "tag", value: "1" }]]);
  expect(file.stages.map(({ index, name, from }) => [index, name, from.image, from.platform, from.comments])).toEqual([
    [0, "build", "busybox:$tag", "linux/386", ["build does", "all the work"]],
    [1, undefined, "scratch", undefined, []],
  ]);
  const run = file.stages[0]!.instructions[0]!;
  expect(run).toMatchObject({ code: "run echo a   && echo b", range: { firstLine: 8, lastLine: 11 } });
  expect(file.warnings).toEqual([
    { message: "Empty continuation line found in: run echo a   && echo b", range: { firstLine: 11, lastLine: 11 } },
  ]);
  expect(findStage(file.stages, "BUILD")).toBe(file.stages[0]);
  expect(findStage(file.stages, "1")).toBe(file.stages[1]);
  expect(findStage(file.stages, "2")).toBeUndefined();
});

test("a backslash before a backslash continues nothing", () => {
  expect(instructionsOf("RUN a \\\\", "RUN b \\  ", "c")).toMatchObject([
    { command: { script: "a \\\\" } },
    { command: { script: "b c" } },
  ]);
});

test.each<[string, object]>([
  ["target=/x", { type: "bind", target: "/x", readOnly: true }],
  ["type=bind,from=b,src=/a,dst=/x,rw", { type: "bind", from: "b", source: "/a", target: "/x", readOnly: false }],
  [
    "type=cache,id=c,target=/c,sharing=locked,mode=0755,uid=1",
    { type: "cache", id: "c", sharing: "locked", mode: 0o755, uid: 1, readOnly: false },
  ],
  ["type=tmpfs,target=/t,size=1m", { type: "tmpfs", sizeBytes: 1048576 }],
  ["type=secret,id=s,required,env=S", { type: "secret", required: true, env: "S", readOnly: true }],
  ['type=bind,"source=a,b",target=/x', { source: "a,b" }],
])("--mount=%s", (text, expected) => expect(parseRunMount(text)).toMatchObject(expected));

test.each([
  ["target", "invalid field 'target' must be a key=value pair"],
  ["type=tmpf", 'unsupported mount type "tmpf" (did you mean tmpfs?)'],
  ["type=bind,required", "unexpected key 'required' for mount type 'bind'"],
  ["type=bind,uid=1", 'uid not allowed for "bind" type mounts'],
  ["type=cache,mode=9", "invalid value 9 for mode"],
  ["type=tmpfs,size=x", "invalid value for size: x"],
  ["type=secret", "invalid secret mount. one of source, target required"],
  ["sharing=private", "invalid cache sharing set for bind mount"],
  ["ro=maybe", "invalid value for ro: maybe"],
])("--mount=%s: %s", (text, message) => {
  expect(() => parseRunMount(text)).toThrow(new DockerfileError("flag", message));
});

test("heredocs", () => {
  const [script, piped, file, copy] = parseDockerfile(`FROM a
RUN <<EOF
echo $a
EOF
RUN cat <<-"E 1" >x && cat <<B
	tab
	E 1
two
B
RUN <<S
#!/bin/awk
S
COPY --chown=1 <<one <<'two' plain /d/
1 $a
one
2 $a
two
`).stages[0]!.instructions as Extract<ReturnType<typeof parseTrigger>, { name: "RUN" | "COPY" }>[];
  expect(script).toMatchObject({ range: { firstLine: 2, lastLine: 4 } });
  expect(script?.name === "RUN" && runScript(script)).toEqual({ form: "shell", script: "echo $a\n" });
  expect(piped?.name === "RUN" && runScript(piped)).toEqual({
    form: "shell",
    script: 'cat <<-"E 1" >x && cat <<B\n\ttab\nE 1\ntwo\nB',
  });
  expect(file?.name === "RUN" && runScript(file)).toEqual({ form: "file", name: "S", contents: "#!/bin/awk\n" });
  expect(expandInstruction(copy!, () => "A", "\\")).toMatchObject({
    sources: ["plain"],
    destination: "/d/",
    inlineFiles: [
      { name: "one", text: "1 A\n" },
      { name: "two", text: "2 $a\n" },
    ],
  });
});

test("a script's first line is known without its tabs", () => {
  const [run] = parseDockerfile("FROM a\nRUN <<-E\n\t#!/bin/sh\n\techo\n\tE\n").stages[0]!.instructions;
  const file = { form: "file", name: "E", contents: "#!/bin/sh\necho\n" };
  expect(run?.name === "RUN" && runScript(run)).toEqual(file);
});

test("variables are replaced where the instruction says so", () => {
  const lookup = (name: string) => ({ a: "x y", n: "80 81" })[name];
  const expand = (line: string) => expandInstruction(parseTrigger(line), lookup, "\\");
  expect(expand("ENV b=$a c='$a' d=${none:-e}")).toMatchObject({
    env: [{ value: "x y" }, { value: "$a" }, { value: "e" }],
  });
  expect(expand("COPY ${a}/1 /$a")).toMatchObject({ sources: ["x y/1"], destination: "/x y" });
  expect(expand("RUN echo $a")).toMatchObject({ command: { script: "echo $a" } });
  expect(expand("CMD echo $a")).toMatchObject({ command: { script: "echo $a" } });
  expect(expand("EXPOSE $n/tcp")).toMatchObject({ ports: ["80", "81/tcp"] });
  expect(() => expand("USER ${a")).toThrow('failed to process "${a"');
});

test("an ONBUILD trigger keeps its heredocs", () => {
  const { stages } = parseDockerfile("FROM a\nONBUILD RUN <<E\nb\nE\n");
  const trigger = stages[0]!.instructions[0]!;
  expect(trigger).toMatchObject({ expression: "RUN <<E\nb\nE" });
  expect(trigger.name === "ONBUILD" && parseTrigger(trigger.expression)).toMatchObject({
    name: "RUN",
    heredocs: [{ name: "E", content: "b\n" }],
  });
});
