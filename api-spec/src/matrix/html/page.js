"use strict";
const field = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("tbody tr")];
const texts = new Map(rows.map((row) => {
  const words = [...row.querySelectorAll("th.name, td.rule")].map((cell) => cell.textContent);
  return [row, words.join(" ").toLowerCase()];
}));

function passes(row, wanted) {
  const cell = wanted.caller && row.querySelector(`td[data-column="${wanted.caller}"]`);
  return wanted.words.every((word) => texts.get(row).includes(word))
    && (!wanted.caller || cell.classList.contains(wanted.answer))
    && (!wanted.access || row.dataset.access === wanted.access)
    && (!wanted.tool || row.dataset.tool === wanted.tool);
}

function filter() {
  const wanted = {
    words: field("text").value.toLowerCase().split(/\s+/).filter(Boolean),
    caller: field("caller").value,
    answer: field("answer").value,
    access: field("access").value,
    tool: field("tool").value,
  };
  field("answer").disabled = !wanted.caller;
  let shown = 0;
  for (const row of rows) {
    row.hidden = !passes(row, wanted);
    if (!row.hidden) shown += 1;
  }
  for (const cell of document.querySelectorAll("[data-column]")) {
    cell.classList.toggle("marked", cell.dataset.column === wanted.caller);
  }
  field("none").hidden = shown > 0;
  field("count").textContent = `${shown} of ${rows.length} operations`;
}

const form = field("filters");
form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// The fields are empty only after the event.
form.addEventListener("reset", () => setTimeout(filter));
filter();
