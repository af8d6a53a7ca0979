import { css, html, LitElement } from "lit";
import type { Quiz } from "../../lessons/markdown/nodes.js";
import { controls } from "../theme/controls.js";
import { isRight } from "./answer.js";

/** A question of a lesson's text, answered as often as one likes. */
export class LessonQuiz extends LitElement {
  static override properties = { quiz: { attribute: false }, said: { state: true } };
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        font-size: inherit;
        margin-bottom: 12px;
      }
      fieldset {
        border: 1px solid var(--border);
        border-radius: var(--radius);
        padding: 8px 12px 12px;
      }
      legend {
        font-weight: 600;
        padding: 0 4px;
      }
      label {
        align-items: center;
        display: flex;
        gap: 8px;
      }
      p {
        display: inline;
        margin-left: 12px;
      }
    `,
  ];
  declare quiz: Quiz;
  declare said: string;

  constructor() {
    super();
    this.said = "";
  }

  override render() {
    const { quiz } = this;
    return html`<form @submit=${(event: SubmitEvent) => this.#answer(event)}>
      <fieldset>
        <legend>${quiz.question}</legend>
        ${
          "choices" in quiz
            ? quiz.choices.map(
                ({ text }, index) => html`<label><input type=${quiz.kind === "one" ? "radio" : "checkbox"}
                  name="answer" value=${index} />${text}</label>`,
              )
            : html`<input name="answer" aria-label="Your answer" autocomplete="off" />`
        }
        <button class="outlined">Answer</button><p role="status">${this.said}</p>
      </fieldset>
    </form>`;
  }

  #answer(event: SubmitEvent): void {
    event.preventDefault();
    const answers = new FormData(event.target as HTMLFormElement).getAll("answer").map(String);
    this.said = isRight(this.quiz, answers) ? "Right." : "Not so. Try again.";
  }
}

customElements.define("drydock-quiz", LessonQuiz);
