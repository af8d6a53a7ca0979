/** A scenario folder as a lesson: `index.json`, what it names, and what authors meant where they wrote it otherwise. */
import { readAssets } from "./assets.js";
import { Fields } from "./fields.js";
import { Folder, type FoundFile, quoted, textOf } from "./folder.js";
import { findLacks, imageIdLacks, type MachineFacts, pageLacks } from "./lacks.js";
import type { FolderFiles, Lesson, LessonPage, LessonScript, LessonStep } from "./lesson.js";
import { type LocatedValue, readJSON } from "./located-json.js";
import { commandsOf, type LessonNode, plainText } from "./markdown/nodes.js";
import { parseMarkdown } from "./markdown/parse-markdown.js";

const ROOT_KEYS =
  "title description details backend environment difficulty time icon type files assets pathwayTitle private".split(
    " ",
  );
const DETAILS_KEYS = "intro steps finish assets".split(" ");
const PAGE_KEYS =
  "title text verify hint solution answer foreground code background courseData credits challenge".split(" ");

/** A file that an author would write by hand is far smaller; a larger one is not read. */
const MOST_TEXT_BYTES = 1 << 20;

/** Never throws: what cannot be read is told in `warnings`, and the rest is there. */
export function readLesson(files: FolderFiles, facts: MachineFacts): Lesson {
  const folder = new Folder(files);
  const reader = new LessonReader(folder, facts);
  const index = folder.find({ file: "index.json" }, "index.json");
  const root = index && readJSON(index.path, textOf(index.bytes), folder.warnings);
  return reader.lesson(new Fields(folder, root, index?.path ?? "index.json"));
}

class LessonReader {
  constructor(
    readonly folder: Folder,
    readonly facts: MachineFacts,
  ) {}

  lesson(root: Fields): Lesson {
    root.known(ROOT_KEYS);
    const details = root.object("details", "detail") ?? root;
    if (details !== root) details.known(DETAILS_KEYS);
    const title = root.text("title") ?? "";
    if (title === "") root.warn("there is no title");
    const steps = this.#steps(details);
    const backend = root.object("backend");
    const imageId = backend?.text("imageid", "imageId");
    return {
      title: title === "" ? "Untitled" : title,
      description: root.text("description") ?? "",
      difficulty: root.text("difficulty"),
      time: root.text("time"),
      imageId,
      intro: this.#optionalPage(details, "intro", "Introduction"),
      steps,
      finish: this.#optionalPage(details, "finish", "Finish"),
      assets: readAssets(details.object("assets") ?? root.object("assets"), this.folder),
      lacks: imageIdLacks(imageId, backend?.place ?? { file: "index.json" }),
      warnings: this.folder.warnings,
    };
  }

  #steps(details: Fields): LessonStep[] {
    const found = details.list("steps", "step");
    if (found.length === 0) details.warn("there are no steps");
    return found.map((value, index) => this.#step(value, `Step ${index + 1}`));
  }

  #optionalPage(details: Fields, key: string, title: string): LessonPage | undefined {
    const value = details.get(key);
    return value && this.#page(this.#pageFields(value), title);
  }

  /** `"step1.md"` for `{ "text": "step1.md" }` is understood, and told. */
  #pageFields(value: LocatedValue): Fields {
    if (typeof value.value === "string") {
      this.folder.warn(value.place, `${quoted(value.value)} stands where an object with "text" should`);
      return new Fields(this.folder, { place: value.place, members: new Map([["text", value]]) });
    }
    const fields = new Fields(this.folder, value);
    fields.known(PAGE_KEYS);
    return fields;
  }

  #page(fields: Fields, fallbackTitle: string): LessonPage {
    const source = fields.file("text", "instructions", "content", "markdown", "md");
    if (!source) fields.warn("there is no text");
    const text = source ? this.#markdown(source) : [];
    const foreground = this.#script(fields, "foreground", "code");
    const background = this.#script(fields, "background", "courseData");
    const file = source?.path ?? "";
    const lacks = pageLacks(this.facts, { file, text, scripts: [foreground, background] });
    const title = fields.text("title") ?? headingOf(text) ?? fallbackTitle;
    return { file, title, text, foreground, background, lacks };
  }

  #step(value: LocatedValue, fallbackTitle: string): LessonStep {
    const fields = this.#pageFields(value);
    const page = this.#page(fields, fallbackTitle);
    const verify = this.#script(fields, "verify", "verification", "check");
    const solution = this.#solution(fields);
    const hint = fields.file("hint", "hints");
    const more = [verify, solution].flatMap((script) =>
      script ? findLacks(this.facts, script.text, script.file) : [],
    );
    return { ...page, verify, solution, hint: hint && this.#markdown(hint), lacks: [...page.lacks, ...more] };
  }

  #solution(fields: Fields): LessonScript | undefined {
    const found = fields.file("solution", "answer");
    if (!found) return undefined;
    if (!found.path.toLowerCase().endsWith(".md")) return this.#read(found);
    const commands = commandsOf(this.#markdown(found));
    return { file: found.path, text: commands.map(({ text }) => text).join("\n") };
  }

  #script(fields: Fields, ...names: string[]): LessonScript | undefined {
    const found = fields.file(...names);
    return found && this.#read(found);
  }

  #markdown(found: FoundFile): LessonNode[] {
    return parseMarkdown(this.#read(found).text, found.path, this.folder);
  }

  #read({ path, bytes }: FoundFile): LessonScript {
    if (bytes.length <= MOST_TEXT_BYTES) return { file: path, text: textOf(bytes) };
    this.folder.warn({ file: path }, `is larger than ${MOST_TEXT_BYTES} bytes, and not read`);
    return { file: path, text: "" };
  }
}

function headingOf(text: readonly LessonNode[]): string | undefined {
  const [first] = text;
  return first?.type === "heading" ? plainText(first.children) : undefined;
}
