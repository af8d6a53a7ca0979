import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILES: Record<string, string> = {
  "index.json": `{
  "title": "A first lesson",
  "description": "What the lesson is about, in one sentence.",
  "details": {
    "intro": { "text": "intro.md" },
    "steps": [
      {
        "title": "Make a file",
        "text": "step1/text.md",
        "verify": "step1/verify.sh",
        "solution": "step1/solution.sh"
      }
    ],
    "finish": { "text": "finish.md" }
  },
  "backend": { "imageid": "ubuntu" }
}
`,
  "intro.md": "What the learner will know at the end, and what has to be known before.\n",
  "step1/text.md": `Say what to do, and why. A command that runs when it is pressed:

\`touch ready\`{{exec}}
`,
  "step1/verify.sh": `#!/bin/bash
# Looks at the thing itself, not at what was typed. Status 0: done. What it prints, the learner reads.
[ -f /root/work/ready ] || { echo "There is no file named ready in /root/work yet."; exit 1; }
`,
  "step1/solution.sh": "#!/bin/bash\ntouch ready\n",
  "finish.md": "What was done, and where to go on.\n",
};

/** Writes a lesson of one step that `drydock lesson check` proves; returns the paths. @throws {Error} if DIR has one. */
export function writeNewLesson(directory: string): string[] {
  if (existsSync(join(directory, "index.json"))) throw new Error(`${directory}: an index.json is there already`);
  return Object.entries(FILES).map(([name, text]) => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    return path;
  });
}
