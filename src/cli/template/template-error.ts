/** A `--format` template that cannot be read or carried out; messages are those of Go's text/template. */
export class TemplateError extends Error {
  override name = "TemplateError";
  constructor(
    readonly code: "parse" | "execute",
    message: string,
  ) {
    super(message);
  }
}
