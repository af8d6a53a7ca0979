import { expect, test } from "vitest";
import { fetchProject } from "./project.js";
import { fetchVMImage } from "./vm-image.js";

const base = "http://page/sub/";
const manifest = { memoryBytes: 1, state: { file: "state.zst", bytes: 6 } };

/** Serves `files` by URL below the base, and 404 for all else. */
function server(files: Record<string, BodyInit>): typeof fetch {
  return async (input) => {
    const body = files[String(input).replace(base, "")];
    return body === undefined ? new Response("no", { status: 404 }) : new Response(body);
  };
}

test("the state comes whole, with its bytes counted", async () => {
  const counted: [number, number][] = [];
  const fetcher = server({ "vm/vm.json": JSON.stringify(manifest), "vm/state.zst": "abcdef" });
  const image = await fetchVMImage(`${base}vm/`, (loaded, total) => counted.push([loaded, total]), fetcher);
  expect(new TextDecoder().decode(image.state.packed)).toBe("abcdef");
  expect(counted).toEqual([
    [0, 6],
    [6, 6],
  ]);
});

test.each([
  ["nothing there", {}, "vm-missing", "http://page/sub/vm/vm.json is not there"],
  ["an index page instead", { "vm/vm.json": "<!doctype html>" }, "vm-missing", "is not a VM image"],
  ["no state", { "vm/vm.json": JSON.stringify(manifest) }, "vm-missing", "state.zst is not there"],
  [
    "a state cut short",
    { "vm/vm.json": JSON.stringify(manifest), "vm/state.zst": "abc" },
    "vm-unreadable",
    "3 of 6 bytes",
  ],
  [
    "a state too long",
    { "vm/vm.json": JSON.stringify(manifest), "vm/state.zst": "abcdefg" },
    "vm-unreadable",
    "more than the 6 bytes",
  ],
] as [string, Record<string, string>, string, string][])("%s", async (_, files, code, message) => {
  const failure = await fetchVMImage(`${base}vm/`, () => {}, server(files)).catch((error) => error);
  expect(failure).toMatchObject({ code });
  expect(failure.message).toContain(message);
});

test("a server that is gone is said with its address", async () => {
  const gone: typeof fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await expect(fetchVMImage(`${base}vm/`, () => {}, gone)).rejects.toMatchObject({
    code: "vm-unreadable",
    message: "http://page/sub/vm/vm.json: Failed to fetch",
  });
});

test("a project's files, from beside it or from elsewhere", async () => {
  const fetcher = server({
    "projects/p/project.json": JSON.stringify({
      files: [{ path: "Dockerfile" }, { path: "hello", url: "../../vm/hello", mode: "755" }],
    }),
    "projects/p/Dockerfile": "FROM x",
    "vm/hello": "ELF",
  });
  const files = await fetchProject(base, "p", fetcher);
  expect(files.map(({ path, bytes, mode }) => [path, new TextDecoder().decode(bytes), mode])).toEqual([
    ["Dockerfile", "FROM x", 0o644],
    ["hello", "ELF", 0o755],
  ]);
});

test("a project that is not there is said with its address", async () => {
  await expect(fetchProject(base, "none", server({}))).rejects.toMatchObject({
    code: "project-unreadable",
    message: "http://page/sub/projects/none/project.json: status 404",
  });
});
