import { load, Refusal } from "../../../page/browser/http.ts";
import { el } from "../../../page/browser/ui/dom.ts";
import type { Overview, PersonPage } from "../wire.ts";
import { whenDone } from "./act.ts";
import { Head } from "./head.ts";
import { People } from "./people.ts";
import { PersonView } from "./person.ts";
import { here, place } from "./place.ts";
import { Workshop } from "./workshop.ts";

const LOOK_EVERY_MS = 1000;

const head = new Head();
const people = new People(() => void look());
const workshop = new Workshop();
const main = el("main", { class: "cio-main" });
const trouble = el("p", { class: "cio-trouble", attributes: { role: "alert" } });
let view: PersonView | undefined;
let lookAgain: number | undefined;

document.body.append(
  el(
    "div",
    { class: "cio" },
    head.element,
    trouble,
    el("div", { class: "cio-body" }, people.element, main),
    workshop.element,
  ),
);
whenDone(() => void look());
window.addEventListener("hashchange", () => void look());
void look();

/** Shows the news, and looks again a moment later. */
async function look(): Promise<void> {
  clearTimeout(lookAgain);
  const wanted = place.person;
  try {
    const overview = await load<Overview>(here("/ajax/page/overview", { look: people.wanted }));
    const person = wanted === "" ? undefined : await load<PersonPage>(here(`/ajax/page/people/${wanted}`));
    trouble.textContent = "";
    // Somebody else was chosen meanwhile: that look shows him.
    if (wanted === place.person) show(overview, person);
  } catch (error) {
    trouble.textContent =
      error instanceof Refusal && error.status === 404 ? "There is nobody here." : "The sandbox does not answer.";
  }
  clearTimeout(lookAgain);
  lookAgain = setTimeout(() => void look(), LOOK_EVERY_MS);
}

function show(overview: Overview, person: PersonPage | undefined): void {
  head.show(overview);
  people.show(overview);
  workshop.show(overview);
  if (!person) {
    view = undefined;
    main.replaceChildren(
      el("p", { class: "cio-none" }, "Choose somebody to see what is known of him and to act as him."),
    );
    return;
  }
  if (view?.cioId !== person.cio_id) {
    view = new PersonView(person.cio_id);
    main.replaceChildren(view.element);
  }
  view.show(person, overview);
}
