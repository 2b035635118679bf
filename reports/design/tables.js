/* Tables that can be sorted and filtered. Without this script they are complete and in the order that they are meant to have. */
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const last = [...body.rows].filter((row) => row.classList.contains("rest"));
  const rows = [...body.rows].filter((row) => !row.classList.contains("rest"));
  if (rows.length < 3) continue;
  const heads = [...table.tHead.rows[0].cells];
  const cellOf = (row, index) => row.cells[index];
  const valueOf = (cell) => {
    const data = cell.querySelector("data");
    return data ? Number(data.value) : Number.parseFloat(cell.textContent.replace(/[^0-9.]/g, ""));
  };
  const sort = (head, index, direction) => {
    const numbers = head.classList.contains("n");
    const order = (one, other) =>
      numbers
        ? valueOf(cellOf(one, index)) - valueOf(cellOf(other, index))
        : cellOf(one, index).textContent.trim().localeCompare(cellOf(other, index).textContent.trim(), document.documentElement.lang);
    rows.sort((one, other) => direction * order(one, other));
    body.replaceChildren(...rows, ...last);
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  };
  heads.forEach((head, index) => {
    if (head.classList.contains("graph")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("n") ? -1 : 1;
      const now = head.getAttribute("aria-sort");
      sort(head, index, now === null ? first : now === "ascending" ? -1 : 1);
    });
  });
  if (rows.length < 8) continue;
  const label = document.createElement("label");
  const input = document.createElement("input");
  label.className = "filter";
  input.type = "search";
  label.append(table.dataset.filter + " ", input);
  table.before(label);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  });
}
